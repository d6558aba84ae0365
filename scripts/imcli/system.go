package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"im-backend/common/utils/wire"
)

// event is what a system entry about a group has in it.
type event struct {
	Event      string
	OperatorID string
	GroupID    string
	UserID     string   // who asks to join
	UserIDs    []string `json:"userIds"`
	Count      int      // of who joined, where these are too many
	Status     string   // of a request to join
	Message    string   // of a request to join
	Role       string
	Nickname   string
	MutedUntil int64

	Name            *string
	AvatarURL       *string
	Announcement    *string
	JoinPolicy      *string
	InviteRole      *string
	EditRole        *string
	MentionAllRole  *string
	HistoryVisible  *bool
	SlowModeSeconds *int
	MutedAllUntil   *int64
}

// says is what a message or entry says on one line, with the names of those whom it is about.
func (c *cli) says(ctx context.Context, m wire.Message) string {
	if m.Type == "system" {
		var e event
		if json.Unmarshal(m.Content, &e) == nil {
			if said := c.tells(ctx, e); said != "" {
				return said
			}
		}
	}
	return text(m) + c.mentioned(ctx, m.Mentions)
}

// mentioned lists whom a message mentions.
func (c *cli) mentioned(ctx context.Context, users []string) string {
	if len(users) == 0 {
		return ""
	}
	names := make([]string, 0, len(users))
	for _, user := range users {
		if user != "all" {
			user = c.name(ctx, user)
		}
		names = append(names, "@"+user)
	}
	return " (mentions " + strings.Join(names, ", ") + ")"
}

// tells puts what happened to a group into words; empty: it is about something else.
func (c *cli) tells(ctx context.Context, e event) string {
	who := c.name(ctx, e.OperatorID)
	switch e.Event {
	case "group.created":
		return fmt.Sprintf("%s made the group of %s", who, c.list(ctx, e))
	case "group.updated":
		if e.MutedAllUntil != nil {
			return who + ": " + muteAllText(*e.MutedAllUntil)
		}
		return who + " set " + e.settings()
	case "group.owner":
		return fmt.Sprintf("%s handed the group over to %s", who, c.list(ctx, e))
	case "group.dismissed":
		return who + " dismissed the group"
	case "group.join_request":
		return c.joinRequest(ctx, e)
	case "member.joined":
		if len(e.UserIDs) == 1 && e.UserIDs[0] == e.OperatorID {
			return who + " joined"
		}
		return fmt.Sprintf("%s let %s in", who, c.list(ctx, e))
	case "member.left":
		return c.list(ctx, e) + " left"
	case "member.kicked":
		return fmt.Sprintf("%s removed %s", who, c.list(ctx, e))
	case "member.role":
		if e.Role == "admin" {
			return fmt.Sprintf("%s made %s an admin", who, c.list(ctx, e))
		}
		return fmt.Sprintf("%s made %s a %s", who, c.list(ctx, e), oneLine(e.Role))
	case "member.muted":
		if e.MutedUntil == 0 {
			return fmt.Sprintf("%s unmuted %s", who, c.list(ctx, e))
		}
		return fmt.Sprintf("%s muted %s until %s", who, c.list(ctx, e), clock(e.MutedUntil))
	case "member.updated":
		if e.Nickname == "" {
			return fmt.Sprintf("%s took the nickname of %s away", who, c.list(ctx, e))
		}
		return fmt.Sprintf("%s calls %s %q here", who, c.list(ctx, e), e.Nickname)
	}
	return ""
}

// list names those whom an event is about.
func (c *cli) list(ctx context.Context, e event) string {
	if e.Count > 0 {
		return strconv.Itoa(e.Count) + " users"
	}
	names := make([]string, 0, len(e.UserIDs))
	for _, user := range e.UserIDs {
		names = append(names, c.name(ctx, user))
	}
	return strings.Join(names, ", ")
}

// joinRequest says who asks to join, or what the request was answered.
func (c *cli) joinRequest(ctx context.Context, e event) string {
	asker := c.name(ctx, e.UserID)
	if e.Status != "pending" {
		return fmt.Sprintf("%s %s the request of %s to join g:%s", c.name(ctx, e.OperatorID), oneLine(e.Status), asker, oneLine(e.GroupID))
	}
	said := fmt.Sprintf("%s asks to join g:%s", asker, oneLine(e.GroupID))
	if e.Message != "" {
		said += ": " + oneLine(e.Message)
	}
	return said
}

// untilClock writes the times in a text, unix milliseconds after the word until, as times.
func untilClock(text string) string {
	return milliseconds.ReplaceAllStringFunc(text, func(found string) string {
		ms, err := strconv.ParseInt(strings.TrimPrefix(found, "until "), 10, 64)
		if err != nil {
			return found
		}
		return "until " + clock(ms)
	})
}

var milliseconds = regexp.MustCompile(`until \d+`)

// settings lists the fields that are new.
func (e event) settings() string {
	var fields []string
	for _, f := range []struct {
		name  string
		value *string
	}{
		{"name", e.Name},
		{"avatarUrl", e.AvatarURL},
		{"announcement", e.Announcement},
		{"joinPolicy", e.JoinPolicy},
		{"inviteRole", e.InviteRole},
		{"editRole", e.EditRole},
		{"mentionAllRole", e.MentionAllRole},
	} {
		if f.value != nil {
			fields = append(fields, fmt.Sprintf("%s to %q", f.name, *f.value))
		}
	}
	if e.HistoryVisible != nil {
		fields = append(fields, fmt.Sprintf("historyVisible to %t", *e.HistoryVisible))
	}
	if e.SlowModeSeconds != nil {
		fields = append(fields, fmt.Sprintf("slowModeSeconds to %d", *e.SlowModeSeconds))
	}
	return strings.Join(fields, ", ")
}

// muteAllText says who may write.
func muteAllText(until int64) string {
	if until == 0 {
		return "everybody may write"
	}
	return "only admins may write until " + clock(until)
}
