package membership

import (
	"context"
	"strings"
	"unicode/utf8"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/label"
	"im-backend/group-service/internal/store"
)

const maxAnnouncement = 2000 // characters

// Announce replaces the announcement; an empty text takes it away. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, NOT_GROUP_OWNER, MUTED,
// INVALID_ARGUMENT.
func (g *Groups) Announce(ctx context.Context, id model.GroupID, user model.UserID, text string) (store.Membership, error) {
	if fault := announcementFault(text); fault != "" {
		return store.Membership{}, errs.InvalidField("text", fault)
	}
	return g.Update(ctx, id, user, Changes{Announcement: &text})
}

// announcementFault says what is wrong with an announcement; empty: nothing.
func announcementFault(text string) string {
	if !utf8.ValidString(text) {
		return "must be UTF-8"
	}
	return label.TextFault(strings.NewReplacer("\r", "", "\t", "").Replace(text), maxAnnouncement)
}
