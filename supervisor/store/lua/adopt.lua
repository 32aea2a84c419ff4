-- Take a foreign runner's word: it writes `status` alone, so where that differs from `state` of a
-- job that none of our workers has, the word counts; elsewhere the copy is restored. (A queued job
-- may still name the instance that had it before; nobody has it now.)
-- ARGV: triples of id, the status it was seen with, the status that it sets ("" for none).
-- Returns how many were moved.
local moved = 0
for i = 1, #ARGV, 3 do
  local id, word, to = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local key = JOB .. id
  local job = call('HMGET', key, 'state', 'status', 'instance', 'attempt', 'output', 'error', 'queue')
  local from = job[1]
  if from and job[2] == word and from ~= word then
    if to ~= '' and to ~= from and is_in(ADOPT, from) and (from == 'queued' or not job[3]) then
      unlist(id, job[7])
      call('HSET', key, 'state', to, 'status', to, 'updated_at', now)
      call('HDEL', key, 'instance', 'worker', 'claimed_by')
      if to == 'running' then
        call('HSET', key, 'started_at', now)
        move(id, from, to)
        emit(id, from, to, 'foreign', nil, job[4])
      else
        call('HSET', key, 'finished_at', now)
        release(id, to == 'completed',
          settle(id, from, to, 'foreign', nil, job[4], job[5], job[6]))
      end
      moved = moved + 1
    else
      call('HSET', key, 'status', from)
    end
  end
end
return moved
