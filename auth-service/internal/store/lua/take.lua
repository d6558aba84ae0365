-- Counts an attempt in every bucket, or in none when one of them says to wait. For a known address only the first bucket counts.
-- KEYS: the buckets, then the mark of a known address if there may be one.
-- ARGV: now in ms, number of buckets, then of each: free attempts, ms until one is forgotten, first delay in ms, longest in ms.
-- Answers how long to wait in ms, 0 when the attempt was counted.
local now, count = tonumber(ARGV[1]), tonumber(ARGV[2])
if KEYS[count + 1] and redis.call('EXISTS', KEYS[count + 1]) == 1 then
  count = 1
end

local buckets, wait = {}, 0
for i = 1, count do
  local at = 4 * i - 1
  local b = {free = tonumber(ARGV[at]), recover = tonumber(ARGV[at + 1]), first = tonumber(ARGV[at + 2]), most = tonumber(ARGV[at + 3])}
  local s = redis.call('HMGET', KEYS[i], 'level', 'at', 'next')
  b.level = math.max(0, tonumber(s[1] or '0') - math.max(0, now - tonumber(s[2] or ARGV[1])) / b.recover)
  wait = math.max(wait, tonumber(s[3] or '0') - now)
  buckets[i] = b
end
if wait > 0 then
  return math.ceil(wait)
end

for i, b in ipairs(buckets) do
  local level, nextAt = b.level + 1, 0
  if level > b.free - 0.5 then -- what is nearly full is full: a moment has passed since the attempt before
    nextAt = now + math.min(b.most, b.first * 2 ^ math.min(50, math.floor(level - b.free + 0.5)))
  end
  redis.call('HSET', KEYS[i], 'level', string.format('%.6f', level), 'at', ARGV[1], 'next', string.format('%.0f', nextAt))
  redis.call('PEXPIRE', KEYS[i], string.format('%.0f', level * b.recover + b.most))
end
return 0
