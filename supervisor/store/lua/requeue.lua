-- Give back a job whose worker is gone or drains. ARGV: id, lease, instance, "lost" | "drained",
-- max_lost. A lost attempt counts, a drained one doesn't.
-- Returns "queued", "failed", "stopped" or "refused".
local id, lease, instance, why = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = JOB .. id
local job = call('HMGET', key, 'state', 'lease', 'instance', 'stop_requested', 'attempt', 'lost',
  'retries', 'queue', 'priority', 'worker')
if not job[1] or not is_in(REQUEUE, job[1]) or job[2] ~= lease or job[3] ~= instance then
  return 'refused'
end
local attempt, lost = tonumber(job[5]) or 1, tonumber(job[6]) or 0
call('LREM', INFLIGHT .. instance .. ':' .. job[10], 1, id)
-- The lease is raised so that the old worker, should it live after all, is no repeat but too late.
call('HSET', key, 'lease', lease + 1, 'updated_at', now)
call('HDEL', key, 'instance', 'worker', 'claimed_by', 'started_at')
if job[4] then
  call('HSET', key, 'state', 'stopped', 'status', 'stopped', 'finished_at', now)
  release(id, false, settle(id, 'running', 'stopped', 'stop', instance, attempt))
  return 'stopped'
end
if why == 'lost' then
  lost = lost + 1
  call('HSET', key, 'lost', lost)
  local allowed = math.max(tonumber(ARGV[5]), tonumber(job[7]) or 0)
  if lost > allowed then
    release(id, false, fail(id, 'running', 'runner_lost',
      'The runner was lost ' .. lost .. ' times while it ran this job.', 'upkeep', attempt))
    return 'failed'
  end
else
  call('HSET', key, 'attempt', attempt - 1)
end
call('HSET', key, 'state', 'queued', 'status', 'queued', 'queued_at', now)
move(id, 'running', 'queued')
emit(id, 'running', 'queued', why, instance, attempt)
push(id, job[8], job[9], true)
return 'queued'
