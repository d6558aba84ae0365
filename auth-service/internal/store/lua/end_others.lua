-- Ends all sessions of a user but one, and keeps the version of a changed password in mind.
-- KEYS: the user's session ids, the version. ARGV: prefix of session keys, the id to keep, the version (0: no change), how long to
--       keep it in ms.
-- Answers the ids of the ended.
if tonumber(ARGV[3]) > tonumber(redis.call('GET', KEYS[2]) or '0') then
  redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
end
local ended = {}
for _, session in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if session ~= ARGV[2] then
    if redis.call('DEL', ARGV[1] .. session) == 1 then
      ended[#ended + 1] = session
    end
    redis.call('SREM', KEYS[1], session)
  end
end
return ended
