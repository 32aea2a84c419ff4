-- Stop a job. ARGV: id, grace (ms). Returns {"missing"}, {"stopped"}, {"requested"} or {"final", status}.
local id = ARGV[1]
local key = JOB .. id
local job = call('HMGET', key, 'state', 'queue', 'instance', 'lease', 'attempt')
local state = job[1]
if not state then return {'missing'} end
if state == 'running' and job[3] then
  call('HSET', key, 'stop_requested', 1)
  call('RPUSH', CTL .. job[3], 'stop ' .. id .. ' ' .. job[4] .. ' ' .. ARGV[2])
  call('EXPIRE', CTL .. job[3], CTL_TTL)
  return {'requested'}
end
if state ~= 'running' and not is_in(STOP, state) then return {'final', state} end
unlist(id, job[2])
call('HSET', key, 'state', 'stopped', 'status', 'stopped', 'updated_at', now, 'finished_at', now)
release(id, false, settle(id, state, 'stopped', 'stop', nil, job[5]))
return {'stopped'}
