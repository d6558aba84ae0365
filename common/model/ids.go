// Package model has the values that services share: typed ids and the names of conversations. Its sub-packages hold the
// GORM rows, one package per database.
package model

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// UserID is a user's snowflake; zero is the system.
type UserID int64

// GroupID is a group's snowflake.
type GroupID int64

// Seq is a position in a conversation's log, gapless from 1.
type Seq int64

// String is the decimal form, as in JSON.
func (id UserID) String() string { return strconv.FormatInt(int64(id), 10) }

// String is the decimal form, as in JSON.
func (id GroupID) String() string { return strconv.FormatInt(int64(id), 10) }

// ErrBadID is returned for text that is no id.
var ErrBadID = errors.New("not an id")

// ParseID reads a positive decimal id. It accepts only the canonical form, so that one id has one text.
func ParseID(s string) (int64, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != s {
		return 0, fmt.Errorf("%w: %q", ErrBadID, s)
	}
	return id, nil
}

// ConversationID names a log: "s:{low}:{high}", "g:{groupId}" or "n:{userId}".
type ConversationID string

// ConversationType is the first letter of a ConversationID.
type ConversationType byte

// The types of conversations.
const (
	Single       ConversationType = 's'
	Group        ConversationType = 'g'
	Notification ConversationType = 'n'
)

// String is the name in JSON.
func (t ConversationType) String() string {
	switch t {
	case Single:
		return "single"
	case Group:
		return "group"
	case Notification:
		return "notification"
	}
	return "unknown"
}

// SingleID is the conversation of two users, in any order; both the same: notes to self.
func SingleID(a, b UserID) ConversationID {
	if a > b {
		a, b = b, a
	}
	return ConversationID("s:" + a.String() + ":" + b.String())
}

// GroupConversationID is the conversation of a group.
func GroupConversationID(id GroupID) ConversationID { return ConversationID("g:" + id.String()) }

// NotificationID is the notification conversation of a user.
func NotificationID(id UserID) ConversationID { return ConversationID("n:" + id.String()) }

// Parsed is a ConversationID taken apart.
type Parsed struct {
	Type      ConversationType
	Low, High UserID  // Single: the two users; Notification: the one user in both
	Group     GroupID // Group
}

// Peer is the other user of a single conversation.
func (p Parsed) Peer(me UserID) UserID {
	if p.Low == me {
		return p.High
	}
	return p.Low
}

// Has reports whether a user is named by a single or notification id.
func (p Parsed) Has(id UserID) bool { return p.Type != Group && (p.Low == id || p.High == id) }

// ParseConversationID takes a ConversationID apart. Only the canonical form is accepted.
func ParseConversationID(s string) (Parsed, error) {
	kind, rest, ok := strings.Cut(s, ":")
	if !ok || len(kind) != 1 {
		return Parsed{}, fmt.Errorf("%w: %q", ErrBadID, s)
	}
	switch p := (Parsed{Type: ConversationType(kind[0])}); p.Type {
	case Single:
		low, high, _ := strings.Cut(rest, ":")
		a, errA := ParseID(low)
		b, errB := ParseID(high)
		if err := errors.Join(errA, errB); err != nil {
			return Parsed{}, err
		}
		if a > b {
			return Parsed{}, fmt.Errorf("%w: %q", ErrBadID, s)
		}
		p.Low, p.High = UserID(a), UserID(b)
		return p, nil
	case Group:
		id, err := ParseID(rest)
		p.Group = GroupID(id)
		return p, err
	case Notification:
		id, err := ParseID(rest)
		p.Low, p.High = UserID(id), UserID(id)
		return p, err
	}
	return Parsed{}, fmt.Errorf("%w: %q", ErrBadID, s)
}
