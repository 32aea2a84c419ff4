-- Queue jobs whose time has come. ARGV: how many at most. Returns how many it looked at.
local ids = call('ZRANGEBYSCORE', WAITING, 0, now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  local job = read_start(id)
  if job.state and is_in(DUE, job.state) then queue_job(id, job.state, job, 'due')
  else call('ZREM', WAITING, id) end
end
return #ids
