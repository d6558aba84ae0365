package imclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// JoinRequest is a request to join a group; Status is pending, accepted, rejected or obsolete.
type JoinRequest struct {
	RequestID string `json:"requestId"`
	GroupID   string `json:"groupId"`
	UserID    string `json:"userId"`
	Message   string `json:"message"`
	Status    string `json:"status"`
	CreatedAt int64  `json:"createdAt"`
	HandledAt int64  `json:"handledAt"`
	HandledBy string `json:"handledBy"`
}

// Joining is what came of joining a group: exactly one of the two is there.
type Joining struct {
	Group   *Group       // one is a member
	Request *JoinRequest // an admin has to accept it
}

// UnmarshalJSON tells the two apart: only a request has a requestId.
func (j *Joining) UnmarshalJSON(text []byte) error {
	var r JoinRequest
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("decode join request: %w", err)
	}
	if r.RequestID != "" {
		*j = Joining{Request: &r}
		return nil
	}
	*j = Joining{Group: &Group{}}
	if err := json.Unmarshal(text, j.Group); err != nil {
		return fmt.Errorf("decode group: %w", err)
	}
	return nil
}

// Invite lets whoever has its code join a group. Only the answer to making it has the Code.
type Invite struct {
	InviteID  string `json:"inviteId"`
	GroupID   string `json:"groupId"`
	CreatedBy string `json:"createdBy"`
	CreatedAt int64  `json:"createdAt"`
	ExpiresAt int64  `json:"expiresAt"`
	MaxUses   int32  `json:"maxUses"`
	Uses      int32  `json:"uses"`
	Code      string `json:"code,omitempty"`
}

// InvitedGroup is what the holder of a code may see of its group.
type InvitedGroup struct {
	GroupID     string `json:"groupId"`
	Name        string `json:"name"`
	AvatarURL   string `json:"avatarUrl"`
	MemberCount int32  `json:"memberCount"`
	ExpiresAt   int64  `json:"expiresAt"`
}

// Ban keeps a user out of a group.
type Ban struct {
	UserID    string `json:"userId"`
	BannedBy  string `json:"bannedBy"`
	CreatedAt int64  `json:"createdAt"`
}

// JoinGroup joins an open group, or asks to join one that approves.
func (c *Client) JoinGroup(ctx context.Context, groupID, message string) (Joining, error) {
	var got Joining
	err := c.Do(ctx, http.MethodPost, groupPath(groupID)+"/join", map[string]string{"message": message}, &got)
	return got, err
}

// JoinRequests lists requests to join, the newest first; an empty status is any. For admins.
func (c *Client) JoinRequests(ctx context.Context, groupID, status string, limit int, cursor string) (Page[JoinRequest], error) {
	return list[JoinRequest](ctx, c, groupPath(groupID)+"/join-requests", url.Values{"status": {status}}, limit, cursor)
}

// AcceptJoin makes the asker a member.
func (c *Client) AcceptJoin(ctx context.Context, groupID, requestID string) (JoinRequest, error) {
	return c.answerJoin(ctx, groupID, requestID, "accept")
}

// RejectJoin declines a request to join.
func (c *Client) RejectJoin(ctx context.Context, groupID, requestID string) (JoinRequest, error) {
	return c.answerJoin(ctx, groupID, requestID, "reject")
}

func (c *Client) answerJoin(ctx context.Context, groupID, requestID, verb string) (JoinRequest, error) {
	var got JoinRequest
	err := c.Do(ctx, http.MethodPost, groupPath(groupID)+"/join-requests/"+url.PathEscape(requestID)+"/"+verb, nil, &got)
	return got, err
}

// CreateInvite makes an invite that lives for a time (zero: 7 days) and lets at most maxUses users in (zero: no bound).
func (c *Client) CreateInvite(ctx context.Context, groupID string, lifetime time.Duration, maxUses int) (Invite, error) {
	var got Invite
	body := map[string]int64{"expiresIn": int64(lifetime / time.Second), "maxUses": int64(maxUses)}
	err := c.Do(ctx, http.MethodPost, groupPath(groupID)+"/invites", body, &got)
	return got, err
}

// Invites lists the invites that may still be used, the newest first. For admins.
func (c *Client) Invites(ctx context.Context, groupID string, limit int, cursor string) (Page[Invite], error) {
	return list[Invite](ctx, c, groupPath(groupID)+"/invites", nil, limit, cursor)
}

// DeleteInvite ends an invite.
func (c *Client) DeleteInvite(ctx context.Context, groupID, inviteID string) error {
	return c.Do(ctx, http.MethodDelete, groupPath(groupID)+"/invites/"+url.PathEscape(inviteID), nil, nil)
}

// InvitedTo answers what a code leads to.
func (c *Client) InvitedTo(ctx context.Context, code string) (InvitedGroup, error) {
	var got InvitedGroup
	err := c.Do(ctx, http.MethodGet, "/v1/invites/"+url.PathEscape(code), nil, &got)
	return got, err
}

// JoinByInvite joins a group by a code.
func (c *Client) JoinByInvite(ctx context.Context, code string) (Group, error) {
	var got Group
	err := c.Do(ctx, http.MethodPost, "/v1/invites/"+url.PathEscape(code)+"/join", nil, &got)
	return got, err
}

// Bans lists who is banned from a group, the newest first. For admins.
func (c *Client) Bans(ctx context.Context, groupID string, limit int, cursor string) (Page[Ban], error) {
	return list[Ban](ctx, c, groupPath(groupID)+"/bans", nil, limit, cursor)
}

// BanUser keeps a user out of a group; a member is kicked.
func (c *Client) BanUser(ctx context.Context, groupID, userID string) error {
	return c.Do(ctx, http.MethodPut, groupPath(groupID)+"/bans/"+url.PathEscape(userID), nil, nil)
}

// UnbanUser lets a user join again.
func (c *Client) UnbanUser(ctx context.Context, groupID, userID string) error {
	return c.Do(ctx, http.MethodDelete, groupPath(groupID)+"/bans/"+url.PathEscape(userID), nil, nil)
}
