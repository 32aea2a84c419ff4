-- Shared by all scripts; the key constants (JOB, WORK, …) and the source statuses of each move
-- (ENQUEUE, CLAIM, …: ",queued,dispatched,") are put in front of this text.
-- A script guards first, then acts: what it refuses it has not touched.

local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local EVENTS_KEPT = 100000
local WAKE_TTL = 10  -- seconds; a worker that is there reads it at once
local CTL_TTL = 3600
local REPLY_TTL = 60
local UNSTARTED_TTL = 7 * 24 * 3600 * 1000
local RESULT_TTL = 24 * 3600
local SMALL_OUTPUT = 256

local function is_in(words, word)
  return string.find(words, ',' .. word .. ',', 1, true) ~= nil
end

-- Seconds of a field that a foreign peer may have written.
local function seconds(text, default)
  local number = tonumber(text)
  return number and number >= 0 and number < 1e9 and number or default  -- NaN is neither
end

-- JSON of a field that a foreign peer may have written: a table, if an empty one.
local function decode(text)
  local ok, value = pcall(cjson.decode, text or '[]')
  return ok and type(value) == 'table' and value or {}
end

local function unlist(id, queue)
  if not queue then return end
  call('LREM', queue, 1, id)
  call('LREM', queue .. HIGH, 1, id)
end

-- Every status but completed has an index; its order is that of all jobs, whenever they moved.
-- A new job comes from '-'.
local function move(id, from, to)
  if from ~= 'completed' and from ~= '-' then call('ZREM', STATUS .. from, id) end
  if to ~= 'completed' then call('ZADD', STATUS .. to, call('ZSCORE', JOBS, id) or now, id) end
end

-- Somebody else has deleted the hash: drop what is left of the job. Tell whether there was any.
local function forget(id)
  for _, status in ipairs({'created', 'waiting', 'queued', 'running', 'failed', 'stopped'}) do
    call('ZREM', STATUS .. status, id)
  end
  for _, index in ipairs({WAITING, DEADLINE, EXPIRY}) do call('ZREM', index, id) end
  call('DEL', LOG .. id)
  return call('ZREM', JOBS, id) == 1
end

-- One packed field: id from to at by instance attempt.
local function emit(id, from, to, by, instance, attempt)
  local text = id .. ' ' .. from .. ' ' .. to .. ' ' .. now .. ' ' .. by .. ' '
    .. (instance or '-') .. ' ' .. (attempt or 0)
  call('XADD', EVENTS, 'MAXLEN', '~', EVENTS_KEPT, '*', 'e', text)
end

-- Wake one idle worker of a queue. Workers whose runner died are dropped from the set on the way.
local function wake(queue)
  while true do
    local worker = call('SPOP', IDLE .. queue)
    if not worker then return end
    local instance = string.match(worker, '^(.*):')
    if call('EXISTS', ALIVE .. instance) == 1 then
      call('RPUSH', WAKE .. worker, '1')
      call('EXPIRE', WAKE .. worker, WAKE_TTL)
      return
    end
  end
end

-- The queue that a job belongs on: its named runner's, else its type's.
local function route(script_type, runner)
  if not runner then return WORK .. script_type end
  local registered = call('HMGET', RUNNER .. runner, 'queue', 'script_type')
  if registered[1] then return registered[1] end
  if registered[2] then script_type = registered[2] end
  if not script_type or script_type == '' then script_type = 'any' end
  return WORK .. script_type .. NAMED .. runner
end

local function push(id, queue, priority, at_head)
  local list = queue
  if priority == 'high' then list = queue .. HIGH end
  call(at_head and 'LPUSH' or 'RPUSH', list, id)
  wake(queue)
end

-- created, waiting, or new and started at once -> queued.
local function queue_job(id, from, job, by)
  local queue = route(job.script_type, job.runner)
  call('HSET', JOB .. id, 'state', 'queued', 'status', 'queued', 'queue', queue,
    'queued_at', now, 'updated_at', now)
  move(id, from, 'queued')
  if from == 'waiting' then call('ZREM', WAITING, id) end
  if from == 'created' then call('ZREM', EXPIRY, id) end
  emit(id, from, 'queued', by, nil, job.attempt)
  push(id, queue, job.priority, false)
end

local START_FIELDS = {
  'state', 'script_type', 'runner', 'priority', 'attempt', 'pending', 'due_at', 'broken_by',
  'on_prerequisite_failure'
}
local function read_start(id)
  local values = call('HMGET', JOB .. id, unpack(START_FIELDS))
  local job = {}
  for i, name in ipairs(START_FIELDS) do job[name] = values[i] end
  return job
end

-- Take what became final out of every index, tell who waits, and return its dependents.
-- `job`: its fields SETTLED, if they are at hand.
local SETTLED = {'digest', 'dependents', 'result_ttl', 'deadline'}
local function settle(id, from, to, by, instance, attempt, output, err, job)
  job = job or call('HMGET', JOB .. id, unpack(SETTLED))
  move(id, from, to)
  call('ZADD', EXPIRY, now + seconds(job[3], RESULT_TTL) * 1000, id)
  if job[4] then call('ZREM', DEADLINE, id) end
  if from == 'waiting' then call('ZREM', WAITING, id) end
  emit(id, from, to, by, instance, attempt)
  local word = id .. ' ' .. to
  if to == 'completed' and output and #output <= SMALL_OUTPUT then word = word .. ' ' .. output end
  call('PUBLISH', ENDED, word)
  if not job[1] then
    call('RPUSH', REPLY .. id, output or err or '')
    call('EXPIRE', REPLY .. id, REPLY_TTL)
  end
  if not job[2] then return nil end
  call('HDEL', JOB .. id, 'dependents')
  return decode(job[2])
end

local function fail(id, from, kind, message, by, attempt)
  local err = cjson.encode({kind = kind, message = message})
  call('HSET', JOB .. id, 'state', 'failed', 'status', 'failed', 'error', err,
    'updated_at', now, 'finished_at', now)
  return settle(id, from, 'failed', by, nil, attempt, nil, err)
end

local function broken_message(prerequisite)
  return 'Prerequisite ' .. prerequisite .. ' did not complete.'
end

-- created -> queued, waiting, or failed where a prerequisite has. Returns dependents to release.
local function start(id, from, job, by)
  if job.broken_by and job.on_prerequisite_failure ~= 'run' then
    return fail(id, from, 'prerequisite', broken_message(job.broken_by), by, job.attempt)
  end
  local due_at = tonumber(job.due_at) or 0
  if (tonumber(job.pending) or 0) == 0 and due_at <= now then
    queue_job(id, from, job, by)
    return nil
  end
  if (tonumber(job.pending) or 0) == 0 then call('ZADD', WAITING, due_at, id) end
  if from ~= 'waiting' then
    call('HSET', JOB .. id, 'state', 'waiting', 'status', 'waiting', 'updated_at', now)
    move(id, from, 'waiting')
    if from == 'created' then call('ZREM', EXPIRY, id) end
    emit(id, from, 'waiting', by, nil, job.attempt)
  end
  return nil
end

-- Count a final job down in its dependents: start those it was the last for, break the others.
-- What breaks has dependents of its own, hence the list of work.
local function release(id, completed, dependents)
  if not dependents then return end
  local work = {{id, completed, dependents}}
  while #work > 0 do
    local parent, is_completed, children = unpack(table.remove(work))
    for _, child in ipairs(children or {}) do
      local job = read_start(child)
      if job.state and is_in(RELEASE, job.state) then
        job.pending = call('HINCRBY', JOB .. child, 'pending', -1)
        if not is_completed then
          job.broken_by = parent
          call('HSET', JOB .. child, 'broken_by', parent)
        end
        if job.state == 'waiting' then
          local grandchildren = start(child, 'waiting', job, 'prerequisite')
          if grandchildren then table.insert(work, {child, false, grandchildren}) end
        end
      end
    end
  end
end
