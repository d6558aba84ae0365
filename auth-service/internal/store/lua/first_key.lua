-- Adds a signing key if there is none. KEYS: the signing keys. ARGV: kid, key.
-- Answers all keys.
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
return redis.call('HGETALL', KEYS[1])
