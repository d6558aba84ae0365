-- Takes an attempt back that take.lua counted, and the delay that it caused. When a password was right the first bucket is emptied
-- and the address is marked as known.
-- KEYS: the buckets, then the mark of a known address if there may be one.
-- ARGV: now in ms, number of buckets, 1 for a right password, how long the mark lives in ms (0: it is not made), then of each
--       bucket: free attempts, ms until one is forgotten.
local now, count, proved, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1', tonumber(ARGV[4])
local mark = KEYS[count + 1]
local counted = count
if mark and redis.call('EXISTS', mark) == 1 then
  counted = 1
end

for i = 1, counted do
  local free, recover = tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
  local s = redis.call('HMGET', KEYS[i], 'level', 'at')
  if s[1] then
    local level = math.max(0, tonumber(s[1]) - math.max(0, now - tonumber(s[2])) / recover - 1)
    if level == 0 or (proved and i == 1 and count > 1) then
      redis.call('DEL', KEYS[i])
    else
      redis.call('HSET', KEYS[i], 'level', string.format('%.6f', level), 'at', ARGV[1])
      if level < free - 0.5 then
        redis.call('HDEL', KEYS[i], 'next')
      end
    end
  end
end
if proved and mark and keep > 0 then
  redis.call('SET', mark, '1', 'PX', ARGV[4])
end
return 0
