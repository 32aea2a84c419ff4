-- Fail jobs that did not start in time. ARGV: how many at most. Returns how many it looked at.
local ids = call('ZRANGEBYSCORE', DEADLINE, 0, now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  local job = call('HMGET', JOB .. id, 'state', 'queue', 'attempt')
  call('ZREM', DEADLINE, id)
  if job[1] and is_in(EXPIRE, job[1]) then
    unlist(id, job[2])
    release(id, false, fail(id, job[1], 'expired', 'It had not started when expires_in was over.',
      'upkeep', job[3]))
  end
end
return #ids
