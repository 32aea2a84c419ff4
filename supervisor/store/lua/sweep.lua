-- Find jobs on which a foreign runner has left its word. ARGV: how many at most, cursor (rank).
-- Looks at queued and running jobs, oldest first, and forgets those whose hash somebody deleted.
-- Returns {next cursor or 0, id, status, …}.
local limit, cursor = tonumber(ARGV[1]), tonumber(ARGV[2])
local found = {0}
for _, status in ipairs({'queued', 'running'}) do
  local ids = call('ZRANGE', STATUS .. status, cursor, cursor + limit - 1)
  for _, id in ipairs(ids) do
    local word = call('HGET', JOB .. id, 'status')
    if not word and call('EXISTS', JOB .. id) == 0 then
      forget(id)
    elseif word and word ~= status then
      table.insert(found, id)
      table.insert(found, word)
    end
  end
  if #ids == limit then found[1] = cursor + limit end
end
return found
