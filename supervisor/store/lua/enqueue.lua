-- Start a created job. ARGV: id. Returns {"missing"}, {"started"}, {"already"} or
-- {"final", status}.
local id = ARGV[1]
local job = read_start(id)
if not job.state then return {'missing'} end
if is_in(ENQUEUE, job.state) then
  release(id, false, start(id, job.state, job, 'start'))
  return {'started'}
end
if job.state == 'completed' or job.state == 'failed' or job.state == 'stopped' then
  return {'final', job.state}
end
return {'already'}
