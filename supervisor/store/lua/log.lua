-- Append to a running job's log. ARGV: id, lease, instance, cap (bytes), then stream and text of
-- each block. Returns "ok" or "refused" (the job is somebody else's by now).
-- The oldest blocks make room: `log_dropped` counts their bytes.
local id, cap = ARGV[1], tonumber(ARGV[4])
local key, log = JOB .. id, LOG .. ARGV[1]
local job = call('HMGET', key, 'lease', 'instance', 'log_bytes')
if job[1] ~= ARGV[2] or job[2] ~= ARGV[3] then return 'refused' end
local size = tonumber(job[3]) or 0
for i = 5, #ARGV, 2 do
  call('XADD', log, '*', 's', ARGV[i], 't', ARGV[i + 1])
  size = size + #ARGV[i + 1]
end
while size > cap do
  local oldest = call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
  if not oldest then break end
  local bytes = #oldest[2][4]
  call('XDEL', log, oldest[1])
  call('HINCRBY', key, 'log_dropped', bytes)
  size = size - bytes
end
call('HSET', key, 'log_bytes', size)
return 'ok'
