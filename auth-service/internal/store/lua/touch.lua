-- Notes that a live session was seen. It never makes one of a session that has just ended.
-- KEYS: the session. ARGV: device, now in ms, how often at the most in ms, address.
-- Answers 1 when the session is alive, else 0.
local s = redis.call('HMGET', KEYS[1], 'device', 'seen')
if s[1] ~= ARGV[1] then
  return 0
end
if tonumber(ARGV[2]) - tonumber(s[2]) >= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'seen', ARGV[2])
  if ARGV[4] ~= '' then
    redis.call('HSET', KEYS[1], 'ip', ARGV[4])
  end
end
return 1
