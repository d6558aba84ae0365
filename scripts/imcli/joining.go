package main

import (
	"context"
	"flag"
	"io"
	"time"

	"im-backend/common/imclient"
)

// joiningHelp lists the sub-commands of joining.
const joiningHelp = "join GROUP [MESSAGE] | requests GROUP [STATUS] | accept GROUP REQUEST | reject GROUP REQUEST | " +
	"invite GROUP create [-for DURATION] [-uses COUNT] | invite GROUP list | invite GROUP delete INVITE | " +
	"ban GROUP USER | unban GROUP USER | bans GROUP"

// joining are the sub-commands of group about how people come in and are kept out; id is a group's. It reports whether verb is one.
func joining(ctx context.Context, c *cli, verb, id string, args []string) (bool, error) {
	switch {
	case verb == "join" && len(args) <= 1:
		return true, joinGroup(ctx, c, id, args)
	case verb == "requests" && len(args) <= 1:
		return true, listJoinRequests(ctx, c, id, args)
	case (verb == "accept" || verb == "reject") && len(args) == 1:
		return true, answerJoin(ctx, c, verb, id, args[0])
	case verb == "invite" && len(args) > 0:
		return true, invite(ctx, c, args[0], id, args[1:])
	case (verb == "ban" || verb == "unban") && len(args) == 1:
		return true, ban(ctx, c, verb, id, args[0])
	case verb == "bans" && len(args) == 0:
		return true, listBans(ctx, c, id)
	}
	return false, nil
}

func joinGroup(ctx context.Context, c *cli, id string, message []string) error {
	said := ""
	if len(message) > 0 {
		said = message[0]
	}
	got, err := c.client.JoinGroup(ctx, id, said)
	if err != nil {
		return err
	}
	if got.Request != nil {
		c.printf("asked: request %s waits for an admin\n", got.Request.RequestID)
		return nil
	}
	c.printJoined(*got.Group)
	return nil
}

func (c *cli) printJoined(g imclient.Group) {
	c.printf("joined g:%s  %s, %d members\n", g.GroupID, g.Name, g.MemberCount)
}

// everything prints the items of all pages of a list.
func everything[T any](next func(cursor string) (imclient.Page[T], error), show func(T)) error {
	for cursor := ""; ; {
		page, err := next(cursor)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			show(item)
		}
		if cursor = page.NextCursor; cursor == "" {
			return nil
		}
	}
}

func listJoinRequests(ctx context.Context, c *cli, id string, status []string) error {
	wanted := "pending"
	if len(status) > 0 {
		wanted = status[0]
	}
	return everything(func(cursor string) (imclient.Page[imclient.JoinRequest], error) {
		return c.client.JoinRequests(ctx, id, wanted, 0, cursor)
	}, func(r imclient.JoinRequest) {
		c.printf("%s  @%s (%s) %s: %s\n", r.RequestID, c.name(ctx, r.UserID), r.UserID, r.Status, r.Message)
	})
}

func answerJoin(ctx context.Context, c *cli, verb, id, request string) error {
	answer := c.client.AcceptJoin
	if verb == "reject" {
		answer = c.client.RejectJoin
	}
	r, err := answer(ctx, id, request)
	if err == nil {
		c.printf("%s @%s\n", r.Status, c.name(ctx, r.UserID))
	}
	return err
}

func invite(ctx context.Context, c *cli, verb, id string, args []string) error {
	switch {
	case verb == "create":
		return createInvite(ctx, c, id, args)
	case verb == "list" && len(args) == 0:
		return everything(func(cursor string) (imclient.Page[imclient.Invite], error) {
			return c.client.Invites(ctx, id, 0, cursor)
		}, func(i imclient.Invite) { c.printInvite(ctx, i) })
	case verb == "delete" && len(args) == 1:
		return c.endWith(c.client.DeleteInvite(ctx, id, args[0]), "invite %s leads nowhere now\n", args[0])
	}
	return errUsage
}

func (c *cli) printInvite(ctx context.Context, i imclient.Invite) {
	c.printf("%s  by @%s until %s, %d uses", i.InviteID, c.name(ctx, i.CreatedBy), time.UnixMilli(i.ExpiresAt).UTC().Format(time.RFC3339), i.Uses)
	if i.MaxUses > 0 {
		c.printf(" of %d", i.MaxUses)
	}
	c.printf("\n")
}

func createInvite(ctx context.Context, c *cli, id string, args []string) error {
	flags := flag.NewFlagSet("invite create", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	lifetime := flags.Duration("for", 0, "")
	uses := flags.Int("uses", 0, "")
	if flags.Parse(args) != nil || flags.NArg() > 0 {
		return errUsage
	}
	made, err := c.client.CreateInvite(ctx, id, *lifetime, *uses)
	if err == nil {
		c.printf("%s\n", made.Code)
	}
	return err
}

func joinByCode(ctx context.Context, c *cli, args []string) error {
	g, err := c.client.JoinByInvite(ctx, args[0])
	if err == nil {
		c.printJoined(g)
	}
	return err
}

func showInvite(ctx context.Context, c *cli, args []string) error {
	g, err := c.client.InvitedTo(ctx, args[0])
	if err == nil {
		c.printf("g:%s  %s, %d members, until %s\n", g.GroupID, g.Name, g.MemberCount, time.UnixMilli(g.ExpiresAt).UTC().Format(time.RFC3339))
	}
	return err
}

func ban(ctx context.Context, c *cli, verb, id, who string) error {
	if verb == "unban" {
		return c.towards(ctx, id, who, c.client.UnbanUser, "@%s may come in again\n")
	}
	return c.towards(ctx, id, who, c.client.BanUser, "@%s is banned\n")
}

func listBans(ctx context.Context, c *cli, id string) error {
	return everything(func(cursor string) (imclient.Page[imclient.Ban], error) {
		return c.client.Bans(ctx, id, 0, cursor)
	}, func(b imclient.Ban) {
		c.printf("@%s (%s) by @%s\n", c.name(ctx, b.UserID), b.UserID, c.name(ctx, b.BannedBy))
	})
}
