-- Delete jobs for good. ARGV: "1" to spare those whose expiry has not come, ids…
-- Returns for each "missing", "running" (refused), "spared" or "deleted".
local answers = {}

-- What still counts this job down must not do so to another one of the same id.
local function leave_prerequisites(id, prerequisites)
  for _, prerequisite in ipairs(decode(prerequisites)) do
    local text = call('HGET', JOB .. prerequisite, 'dependents')
    if text then
      local rest = {}
      for _, dependent in ipairs(decode(text)) do
        if dependent ~= id then table.insert(rest, dependent) end
      end
      if #rest > 0 then call('HSET', JOB .. prerequisite, 'dependents', cjson.encode(rest))
      else call('HDEL', JOB .. prerequisite, 'dependents') end
    end
  end
end

local function is_spared(id)
  local expiry = call('ZSCORE', EXPIRY, id)
  return ARGV[1] == '1' and not (expiry and tonumber(expiry) <= now)
end
for i = 1, #ARGV - 1 do
  local id = ARGV[i + 1]
  local key = JOB .. id
  local job = call('HMGET', key, 'state', 'queue', 'caller_id', 'context_id', 'labels', 'attempt',
    'pending', 'prerequisites')
  local state = job[1]
  if call('EXISTS', key) == 0 then
    answers[i] = forget(id) and 'deleted' or 'missing'
  elseif state == 'running' then
    answers[i] = 'running'
  elseif is_spared(id) then
    answers[i] = 'spared'
  else
    unlist(id, job[2])
    if (tonumber(job[7]) or 0) > 0 then leave_prerequisites(id, job[8]) end
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
    for name, value in pairs(decode(job[5])) do
      call('ZREM', BY .. 'label:' .. name .. '=' .. tostring(value), id)
    end
    call('DEL', key, LOG .. id, REPLY .. id)
    answers[i] = 'deleted'
  end
end
return answers
