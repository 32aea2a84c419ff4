-- Store a new job. ARGV: id, digest, "1" to start it, caller, context, due_at, expires_in (ms),
-- number of prerequisites, prerequisites…, number of labels, labels…, fields and values…
-- Returns {"added" | "known" | "conflict" | "missing", prerequisite?}.
local id, digest, starts = ARGV[1], ARGV[2], ARGV[3] == '1'
local key = JOB .. id
local known = call('HMGET', key, 'digest', 'state', 'id')
if known[1] or known[2] or known[3] then
  if known[1] ~= digest then return {'conflict'} end
  if starts and is_in(ENQUEUE, known[2]) then
    release(id, false, start(id, known[2], read_start(id), 'start'))
  end
  return {'known'}
end

local at = 9
local prerequisites = {}
for i = 1, tonumber(ARGV[8]) do prerequisites[i] = ARGV[at]; at = at + 1 end
local labels = {}
local label_count = tonumber(ARGV[at])
for i = 1, label_count do labels[i] = ARGV[at + i] end
at = at + label_count + 1

local pending, broken_by = 0, nil
local unfinished = {}
for _, prerequisite in ipairs(prerequisites) do
  local state = call('HGET', JOB .. prerequisite, 'state')
  if not state then return {'missing', prerequisite} end
  if state == 'failed' or state == 'stopped' then
    broken_by = broken_by or prerequisite
  elseif state ~= 'completed' then
    pending = pending + 1
    unfinished[pending] = prerequisite
  end
end

call('HSET', key, 'state', 'created', 'status', 'created', 'updated_at', now, unpack(ARGV, at))
if #prerequisites > 0 then
  call('HSET', key, 'pending', pending)
  if broken_by then call('HSET', key, 'broken_by', broken_by) end
  for _, prerequisite in ipairs(unfinished) do
    local text = call('HGET', JOB .. prerequisite, 'dependents')
    local dependents = decode(text)
    table.insert(dependents, id)
    call('HSET', JOB .. prerequisite, 'dependents', cjson.encode(dependents))
  end
end
if ARGV[6] ~= '' then call('HSET', key, 'due_at', ARGV[6]) end
if ARGV[7] ~= '' then
  call('HSET', key, 'deadline', now + ARGV[7])
  call('ZADD', DEADLINE, now + ARGV[7], id)
end
call('ZADD', JOBS, now, id)
call('ZADD', BY .. 'caller:' .. ARGV[4], now, id)
call('ZADD', BY .. 'context:' .. ARGV[5], now, id)
for _, label in ipairs(labels) do call('ZADD', BY .. 'label:' .. label, now, id) end
if starts then
  release(id, false, start(id, '-', read_start(id), 'create'))
else
  move(id, '-', 'created')
  call('ZADD', EXPIRY, now + UNSTARTED_TTL, id)
  emit(id, '-', 'created', 'create')
end
return {'added'}
