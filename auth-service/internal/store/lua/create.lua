-- Adds a session, after ending every one of the same device and the oldest ones over the quota.
-- KEYS: the user's session ids, the new session, the version of the password that end_others.lua was told.
-- ARGV: prefix of session keys, id, lifetime in ms, limit of the platform, limit of all (0: none), platform, device,
--       version of the password that was right, then the fields of the session.
-- Answers the ids of the ended, or -1 when that password was changed meanwhile.
local prefix, id, lifetime = ARGV[1], ARGV[2], ARGV[3]
local onPlatform, inAll = tonumber(ARGV[4]), tonumber(ARGV[5])
local platform, device = ARGV[6], ARGV[7]
local ended = {}

if tonumber(ARGV[8]) < tonumber(redis.call('GET', KEYS[3]) or '0') then
  return -1
end

local function finish(session)
  redis.call('DEL', prefix .. session)
  redis.call('SREM', KEYS[1], session)
  ended[#ended + 1] = session
end

local others = {}
for _, session in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local s = redis.call('HMGET', prefix .. session, 'device', 'platform', 'created')
  if not s[1] then
    redis.call('SREM', KEYS[1], session) -- its life ran out
  elseif s[1] == device then
    finish(session)
  else
    others[#others + 1] = {id = session, platform = s[2], created = tonumber(s[3])}
  end
end

table.sort(others, function(a, b)
  if a.created ~= b.created then return a.created < b.created end
  if #a.id ~= #b.id then return #a.id < #b.id end -- ids do not fit a number here
  return a.id < b.id
end)

-- Ends the oldest of the matching until there is room for one more.
local function makeRoom(limit, matches)
  if limit == 0 then return end
  local count = 0
  for _, s in ipairs(others) do
    if not s.ended and matches(s) then count = count + 1 end
  end
  for _, s in ipairs(others) do
    if count < limit then return end
    if not s.ended and matches(s) then
      finish(s.id)
      s.ended, count = true, count - 1
    end
  end
end
makeRoom(onPlatform, function(s) return s.platform == platform end)
makeRoom(inAll, function() return true end)

redis.call('HSET', KEYS[2], unpack(ARGV, 9))
redis.call('PEXPIRE', KEYS[2], lifetime)
redis.call('SADD', KEYS[1], id)
redis.call('PEXPIRE', KEYS[1], lifetime) -- no session lives longer than the youngest
return ended
