package imclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// FindMembers lists some of the members of a group, or what changed.
func (c *Client) FindMembers(ctx context.Context, groupID string, f MemberFilter, limit int, cursor string) (MemberPage, error) {
	query := url.Values{}
	if f.Role != "" {
		query.Set("role", f.Role)
	}
	if f.Name != "" {
		query.Set("name", f.Name)
	}
	if f.Since != 0 {
		query.Set("since", strconv.FormatInt(f.Since, 10))
	}
	var got MemberPage
	err := c.Do(ctx, http.MethodGet, groupPath(groupID)+"/members?"+paging(query, limit, cursor), nil, &got)
	return got, err
}

// Member is one member of a group.
func (c *Client) Member(ctx context.Context, groupID, userID string) (Member, error) {
	var got Member
	err := c.Do(ctx, http.MethodGet, memberPath(groupID, userID), nil, &got)
	return got, err
}

// UpdateMember changes the named fields of a member: role, nickname, mutedUntil.
func (c *Client) UpdateMember(ctx context.Context, groupID, userID string, fields map[string]any) (Member, error) {
	var got Member
	err := c.Do(ctx, http.MethodPatch, memberPath(groupID, userID), fields, &got)
	return got, err
}

// TransferGroup hands a group over to another member.
func (c *Client) TransferGroup(ctx context.Context, groupID, userID string) error {
	return c.Do(ctx, http.MethodPut, groupPath(groupID)+"/owner", map[string]string{"userId": userID}, nil)
}

// Announce replaces the announcement of a group; an empty text takes it away.
func (c *Client) Announce(ctx context.Context, groupID, text string) error {
	return c.Do(ctx, http.MethodPut, groupPath(groupID)+"/announcement", map[string]string{"text": text}, nil)
}

// MuteAll lets only admins write until a time, unix milliseconds; zero ends it.
func (c *Client) MuteAll(ctx context.Context, groupID string, until int64) error {
	return c.Do(ctx, http.MethodPut, groupPath(groupID)+"/mute-all", map[string]int64{"until": until}, nil)
}

func memberPath(groupID, userID string) string {
	return groupPath(groupID) + "/members/" + url.PathEscape(userID)
}
