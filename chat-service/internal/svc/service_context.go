// Package svc puts the service together: it builds what the logic calls.
package svc

import (
	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/export"
	"im-backend/chat-service/internal/forward"
	"im-backend/chat-service/internal/position"
	"im-backend/chat-service/internal/presence"
	"im-backend/chat-service/internal/schedule"
	"im-backend/chat-service/internal/search"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/timeline"
)

// ServiceContext is what the logic of every call has.
type ServiceContext struct {
	Sending   *sending.Sending
	Timeline  *timeline.Timeline
	Forwarder *forward.Forwarder
	Position  *position.Position
	Committer *committer.Committer
	Presence  *presence.Presence
	Search    *search.Search
	Schedule  *schedule.Schedule
	Export    *export.Export
	Stopping  <-chan struct{} // closed when streams have to end
}
