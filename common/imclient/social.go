package imclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// AddFriend asks another user; the request is accepted at once when the other side has one pending.
func (c *Client) AddFriend(ctx context.Context, userID, message string) (FriendRequest, error) {
	var got FriendRequest
	body := map[string]string{"toUserId": userID, "message": message}
	err := c.Do(ctx, http.MethodPost, "/v1/friend-requests", body, &got)
	return got, err
}

// FriendRequests lists requests; direction is incoming or outgoing, an empty status is any.
func (c *Client) FriendRequests(ctx context.Context, direction, status string, limit int, cursor string) (Page[FriendRequest], error) {
	query := url.Values{"direction": {direction}, "status": {status}}
	return list[FriendRequest](ctx, c, "/v1/friend-requests", query, limit, cursor)
}

// AcceptFriend accepts a request.
func (c *Client) AcceptFriend(ctx context.Context, requestID, remark string) (FriendRequest, error) {
	return c.handleRequest(ctx, requestID, "accept", map[string]string{"remark": remark})
}

// RejectFriend rejects a request.
func (c *Client) RejectFriend(ctx context.Context, requestID string) (FriendRequest, error) {
	return c.handleRequest(ctx, requestID, "reject", struct{}{})
}

// CancelFriend takes one's own request back.
func (c *Client) CancelFriend(ctx context.Context, requestID string) (FriendRequest, error) {
	return c.handleRequest(ctx, requestID, "cancel", struct{}{})
}

func (c *Client) handleRequest(ctx context.Context, id, verb string, body any) (FriendRequest, error) {
	var got FriendRequest
	err := c.Do(ctx, http.MethodPost, "/v1/friend-requests/"+url.PathEscape(id)+"/"+verb, body, &got)
	return got, err
}

// Friends lists friends; since a version above zero, what changed.
func (c *Client) Friends(ctx context.Context, since int64, limit int, cursor string) (FriendPage, error) {
	query := url.Values{}
	if since != 0 {
		query.Set("since", strconv.FormatInt(since, 10))
	}
	var got FriendPage
	err := c.Do(ctx, http.MethodGet, "/v1/friends?"+paging(query, limit, cursor), nil, &got)
	return got, err
}

// UpdateFriend changes one's notes about a friend: remark, starred, tags.
func (c *Client) UpdateFriend(ctx context.Context, userID string, fields map[string]any) (Friend, error) {
	var got Friend
	err := c.Do(ctx, http.MethodPatch, "/v1/friends/"+url.PathEscape(userID), fields, &got)
	return got, err
}

// DeleteFriend ends a friendship.
func (c *Client) DeleteFriend(ctx context.Context, userID string) error {
	return c.Do(ctx, http.MethodDelete, "/v1/friends/"+url.PathEscape(userID), nil, nil)
}

// Blocks lists the users whom one blocks.
func (c *Client) Blocks(ctx context.Context, limit int, cursor string) (Page[Block], error) {
	return list[Block](ctx, c, "/v1/blocks", nil, limit, cursor)
}

// Block refuses everything of a user from now on.
func (c *Client) Block(ctx context.Context, userID string) error {
	return c.Do(ctx, http.MethodPut, "/v1/blocks/"+url.PathEscape(userID), nil, nil)
}

// Unblock takes a block back.
func (c *Client) Unblock(ctx context.Context, userID string) error {
	return c.Do(ctx, http.MethodDelete, "/v1/blocks/"+url.PathEscape(userID), nil, nil)
}

// CreateGroup makes a group with the caller as owner.
func (c *Client) CreateGroup(ctx context.Context, g NewGroup) (CreatedGroup, error) {
	var got CreatedGroup
	err := c.Do(ctx, http.MethodPost, "/v1/groups", g, &got)
	return got, err
}

// Groups lists one's groups.
func (c *Client) Groups(ctx context.Context, limit int, cursor string) (Page[Group], error) {
	return list[Group](ctx, c, "/v1/groups", nil, limit, cursor)
}

// Group is one group.
func (c *Client) Group(ctx context.Context, groupID string) (Group, error) {
	var got Group
	err := c.Do(ctx, http.MethodGet, groupPath(groupID), nil, &got)
	return got, err
}

// UpdateGroup changes the named fields of a group.
func (c *Client) UpdateGroup(ctx context.Context, groupID string, fields map[string]any) (Group, error) {
	var got Group
	err := c.Do(ctx, http.MethodPatch, groupPath(groupID), fields, &got)
	return got, err
}

// DismissGroup ends a group.
func (c *Client) DismissGroup(ctx context.Context, groupID string) error {
	return c.Do(ctx, http.MethodDelete, groupPath(groupID), nil, nil)
}

// Members lists the members of a group.
func (c *Client) Members(ctx context.Context, groupID string, limit int, cursor string) (MemberPage, error) {
	return c.FindMembers(ctx, groupID, MemberFilter{}, limit, cursor)
}

// AddMembers adds users to a group.
func (c *Client) AddMembers(ctx context.Context, groupID string, userIDs ...string) (Added, error) {
	var got Added
	err := c.Do(ctx, http.MethodPost, groupPath(groupID)+"/members", map[string]any{"userIds": userIDs}, &got)
	return got, err
}

// RemoveMember kicks a member.
func (c *Client) RemoveMember(ctx context.Context, groupID, userID string) error {
	return c.Do(ctx, http.MethodDelete, memberPath(groupID, userID), nil, nil)
}

// LeaveGroup leaves a group.
func (c *Client) LeaveGroup(ctx context.Context, groupID string) error {
	return c.Do(ctx, http.MethodDelete, groupPath(groupID)+"/members/me", nil, nil)
}

func groupPath(groupID string) string { return "/v1/groups/" + url.PathEscape(groupID) }
