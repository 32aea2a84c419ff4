-- Finish what a worker did, if it brings an outcome, and claim the next job for it.
-- ARGV: instance, worker, flags ("d": drains, claims nothing; "i": was idle; "r": repeats an
-- exchange whose answer was lost), number of queues, queues…, then of an outcome: id, lease,
-- status, retry_in (ms, "" for never), by, "1" with output, output, error.
-- Returns {"none" | "done" | "refused", the fields CLAIMED of the claimed job or false}.
local instance, worker, flags = ARGV[1], ARGV[2], ARGV[3]
local queue_count = tonumber(ARGV[4])
local at = 5 + queue_count
local inflight = INFLIGHT .. instance .. ':' .. worker
local is_repeat = string.find(flags, 'r', 1, true)

local function finish(id, lease, to, retry_in, by, output, err)
  local key = JOB .. id
  local job = call('HMGET', key, 'state', 'lease', 'instance', 'stop_requested', 'attempt', 'retries',
    'error', unpack(SETTLED))
  if job[2] ~= lease or job[3] ~= instance then
    if job[3] ~= instance then call('LREM', inflight, 1, id) end
    return 'refused'
  end
  local from, attempt = job[1], tonumber(job[5]) or 1
  if not is_in(FINISH, from) then return is_repeat and 'done' or 'refused' end
  if to ~= 'completed' and job[4] then to = 'stopped' end
  call('LREM', inflight, 1, id)
  if to == 'failed' and retry_in ~= '' and attempt <= (tonumber(job[6]) or 0) then
    call('HSET', key, 'state', 'waiting', 'status', 'waiting', 'updated_at', now,
      'error', err, 'due_at', now + retry_in)
    move(id, from, 'waiting')
    call('ZADD', WAITING, now + retry_in, id)
    emit(id, from, 'waiting', by, instance, attempt)
    return 'done'
  end
  local changed = {'state', to, 'status', to, 'updated_at', now, 'finished_at', now}
  if output then
    table.insert(changed, 'output')
    table.insert(changed, output)
  end
  if err ~= '' then
    table.insert(changed, 'error')
    table.insert(changed, err)
  elseif job[7] then
    call('HDEL', key, 'error')  -- of an attempt before
  end
  call('HSET', key, unpack(changed))
  release(id, to == 'completed',
    settle(id, from, to, by, instance, attempt, output, err, {unpack(job, 8, 11)}))
  return 'done'
end

-- Mark an id that is in our in-flight list as ours, unless somebody else has had it meanwhile.
local function take(id, queue)
  local key = JOB .. id
  local job = redis.pcall('HMGET', key, 'state', 'lease', 'attempt', 'status', 'id')
  if job.err then  -- somebody's key that is no hash: no job
    call('LREM', inflight, 1, id)
    return nil
  end
  local from, word = job[1], string.lower(job[4] or '')
  local is_foreign = not from and job[5]  -- a foreign client stored it and pushed its id
  if is_foreign and (word == '' or is_in(CLAIM, word) or is_in(ENQUEUE, word)) then from = 'queued' end
  if not from or not is_in(CLAIM, from) or is_in(ADOPTED, word) then  -- upkeep adopts such a word
    call('LREM', inflight, 1, id)
    return nil
  end
  if is_foreign then
    call('ZADD', JOBS, now, id)
    call('HSET', key, 'queue', queue)
  end
  local attempt = (tonumber(job[3]) or 0) + 1
  call('HSET', key, 'state', 'running', 'status', 'running', 'lease', (tonumber(job[2]) or 0) + 1,
    'instance', instance, 'worker', worker, 'claimed_by', string.match(instance, '^[^@]*'), 'attempt', attempt,
    'started_at', now, 'updated_at', now)
  move(id, from, 'running')
  emit(id, from, 'running', 'worker', instance, attempt)
  return call('HMGET', key, unpack(CLAIMED))
end

local function claim()
  for i = 5, 4 + queue_count do
    for _, list in ipairs({ARGV[i] .. HIGH, ARGV[i]}) do
      local id = call('LMOVE', list, inflight, 'LEFT', 'RIGHT')
      while id do
        local job = take(id, ARGV[i])
        if job then return job end
        id = call('LMOVE', list, inflight, 'LEFT', 'RIGHT')
      end
    end
  end
  return false
end

local finished = 'none'
if ARGV[at] then
  finished = finish(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4],
    ARGV[at + 5] == '1' and ARGV[at + 6] or nil, ARGV[at + 7])
end
if is_repeat then
  local id = call('LINDEX', inflight, 0)
  if id and call('HGET', JOB .. id, 'instance') == instance then
    return {finished, call('HMGET', JOB .. id, unpack(CLAIMED))}
  end
end
if string.find(flags, 'd', 1, true) then return {finished, false} end

local name = instance .. ':' .. worker
local was_idle = is_repeat or string.find(flags, 'i', 1, true)
local job = claim()
for i = 5, 4 + queue_count do
  if not job then
    call('SADD', IDLE .. ARGV[i], name)
  elseif was_idle then
    call('SREM', IDLE .. ARGV[i], name)
    -- It may have been woken for more than the one job it took: pass the word on.
    if call('EXISTS', ARGV[i], ARGV[i] .. HIGH) > 0 then wake(ARGV[i]) end
  end
end
return {finished, job}
