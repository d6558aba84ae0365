-- Uses a refresh token: see session.Rotation and session.Outcome.
-- KEYS: the session, the user's session ids.
-- ARGV: session id, hash presented, hash of the successor, now in ms, grace in ms, lifetime in ms, address.
-- Answers the outcome, when the successor became current, when it expires, the device and the platform.
local session, presented, successor = ARGV[1], ARGV[2], ARGV[3]
local now, grace, lifetime, ip = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]

local s = redis.call('HMGET', KEYS[1], 'current', 'previous', 'rotated', 'expires', 'device', 'platform')
if not s[1] then
  return {'gone'}
end
if s[1] == presented then
  local expires = string.format('%.0f', now + lifetime)
  redis.call('HSET', KEYS[1], 'current', successor, 'previous', presented, 'rotated', ARGV[4], 'expires', expires, 'seen', ARGV[4])
  if ip ~= '' then
    redis.call('HSET', KEYS[1], 'ip', ip)
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
  redis.call('PEXPIRE', KEYS[2], ARGV[6])
  return {'rotated', ARGV[4], expires, s[5], s[6]}
end
if s[2] == presented and now - tonumber(s[3]) <= grace then
  return {'repeated', s[3], s[4], s[5], s[6]}
end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], session)
return {'reused'}
