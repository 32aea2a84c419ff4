-- Delete jobs for good. ARGV: "1" to spare those whose expiry has not come, ids…
-- Returns for each "missing", "running" (refused), "spared" or "deleted".
local answers = {}
local function is_spared(id)
  local expiry = call('ZSCORE', EXPIRY, id)
  return ARGV[1] == '1' and not (expiry and tonumber(expiry) <= now)
end
for i = 1, #ARGV - 1 do
  local id = ARGV[i + 1]
  local key = JOB .. id
  local job = call('HMGET', key, 'state', 'queue', 'caller_id', 'context_id', 'labels', 'attempt', 'id')
  local state = job[1]
  if not state and not job[7] then
    answers[i] = 'missing'
  elseif state == 'running' then
    answers[i] = 'running'
  elseif is_spared(id) then
    answers[i] = 'spared'
  else
    if job[2] then
      call('LREM', job[2], 1, id)
      call('LREM', job[2] .. HIGH, 1, id)
    end
    if state and is_in(STOP, state) then
      call('HSET', key, 'state', 'stopped', 'status', 'stopped')
      release(id, false, settle(id, state, 'stopped', 'delete', nil, job[6]))
      state = 'stopped'
    end
    if state and state ~= 'completed' then call('ZREM', STATUS .. state, id) end
    call('ZREM', JOBS, id)
    call('ZREM', EXPIRY, id)
    if job[3] then call('ZREM', BY .. 'caller:' .. job[3], id) end
    if job[4] then call('ZREM', BY .. 'context:' .. job[4], id) end
    if job[5] then
      for name, value in pairs(cjson.decode(job[5])) do
        call('ZREM', BY .. 'label:' .. name .. '=' .. value, id)
      end
    end
    call('DEL', key, LOG .. id, REPLY .. id)
    answers[i] = 'deleted'
  end
end
return answers
