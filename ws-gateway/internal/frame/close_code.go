package frame

// The close codes of the contract. The range is the protocol: after 4000–4499 a client reconnects, after 4500–4999 it does
// not.
const (
	CloseNormal          = 1000
	CloseGoingAway       = 1001 // the gateway drains
	CloseAbnormal        = 1006 // never sent: the connection was lost
	CloseBadData         = 1007 // RFC 6455: text that is not UTF-8, or data that cannot be inflated
	CloseTooLarge        = 1009
	CloseHeartbeatMissed = 4001
	CloseTooSlow         = 4002 // the outbound queue overflowed
	CloseRateIgnored     = 4003
	CloseSessionEnded    = 4501
	CloseReplaced        = 4502
	CloseMalformed       = 4503
)

// The reasons of a kicked event.
const (
	KickedRevoked  = "SESSION_REVOKED"
	KickedReplaced = "SESSION_REPLACED"
)
