-- Ends all sessions of a user but one. KEYS: the user's session ids. ARGV: prefix of session keys, the id to keep.
-- Answers the ids of the ended.
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
