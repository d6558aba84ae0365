-- Ends one session. KEYS: the session, the user's session ids. ARGV: session id.
-- Answers 1 when it was alive, else 0.
redis.call('SREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])
