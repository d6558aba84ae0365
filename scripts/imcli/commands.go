package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"

	"im-backend/common/imclient"
)

// command is one thing that imcli does.
type command struct {
	args string
	help string
	run  func(ctx context.Context, c *cli, args []string) error
}

func commands() map[string]command {
	return map[string]command{
		"register":      {"NAME [PASSWORD]", "create an account and sign in", register},
		"login":         {"NAME [PASSWORD]", "sign in", login},
		"logout":        {"", "sign out", exactly(0, logout)},
		"whoami":        {"", "show the account", exactly(0, whoami)},
		"sessions":      {"[revoke ID|others]", "list or end sessions", sessions},
		"profile":       {"[USER] | set FIELD VALUE...", "show a profile, or change a field of one's own", showProfile},
		"settings":      {"[NAME on|off]", "show or change privacy settings", settings},
		"presence":      {"[USER...]", "show which friends are online", presence},
		"watch":         {"[USER...]", "print when friends come and go", watch},
		"search":        {"TEXT", "find users", exactly(1, search)},
		"add":           {"USER [MESSAGE]", "ask somebody to be friends", add},
		"requests":      {"", "list friend requests", exactly(0, requests)},
		"accept":        {"USER|REQUEST", "accept a friend request", exactly(1, accept)},
		"reject":        {"USER|REQUEST", "reject a friend request", exactly(1, reject)},
		"friends":       {"", "list friends", exactly(0, friends)},
		"block":         {"USER", "block somebody", exactly(1, block)},
		"unblock":       {"USER", "unblock somebody", exactly(1, unblock)},
		"group":         {"create NAME [USER...] | list | members GROUP | add GROUP USER... | kick GROUP USER | leave GROUP | dismiss GROUP", "groups", group},
		"send":          {"USER|CONVERSATION TEXT...", "send a message", send},
		"listen":        {"", "print messages, first those that were missed", exactly(0, listen)},
		"history":       {"[-n COUNT] [-before SEQ] USER|CONVERSATION", "print older messages", history},
		"conversations": {"", "list conversations", exactly(0, conversations)},
		"read":          {"USER|CONVERSATION [SEQ]", "mark messages as read", read},
		"chat":          {"USER|CONVERSATION", "send what is typed, print what comes", exactly(1, chat)},
	}
}

// exactly refuses any other number of arguments.
func exactly(n int, run func(context.Context, *cli, []string) error) func(context.Context, *cli, []string) error {
	return func(ctx context.Context, c *cli, args []string) error {
		if len(args) != n {
			return errUsage
		}
		return run(ctx, c, args)
	}
}

func usage(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintln(w, "usage: imcli [flags] command [arguments]")
	flags.PrintDefaults()
	fmt.Fprintln(w, "\nA USER is a @name or an id; a CONVERSATION is an id such as g:123, as conversations prints it.")
	all := commands()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(w, "  %-14s %s\n  %-14s   %s\n", name, all[name].args, "", all[name].help)
	}
}

func register(ctx context.Context, c *cli, args []string) error {
	return signIn(c, args, func(name, password string) (imclient.SignedIn, error) {
		return c.client.Register(ctx, name, password, "", c.profile.device())
	})
}

func login(ctx context.Context, c *cli, args []string) error {
	return signIn(c, args, func(name, password string) (imclient.SignedIn, error) {
		return c.client.Login(ctx, name, password, c.profile.device())
	})
}

func signIn(c *cli, args []string, call func(name, password string) (imclient.SignedIn, error)) error {
	if len(args) < 1 || len(args) > 2 {
		return errUsage
	}
	var password string
	if len(args) == 2 {
		password = args[1]
	} else {
		var err error
		if password, err = c.prompt("password"); err != nil {
			return err
		}
	}
	got, err := call(args[0], password)
	if err != nil {
		return err
	}
	c.profile.UserID, c.profile.Username, c.profile.Tokens = got.User.UserID, got.User.Username, got.Tokens
	if err := c.profile.save(); err != nil {
		return err
	}
	c.printf("signed in as @%s (%s)\n", got.User.Username, got.User.UserID)
	return nil
}

func logout(ctx context.Context, c *cli, _ []string) error {
	if err := c.client.Logout(ctx); err != nil {
		return err
	}
	c.printf("signed out\n")
	return nil
}

func whoami(ctx context.Context, c *cli, _ []string) error {
	me, err := c.client.Me(ctx)
	if err != nil {
		return err
	}
	c.printf("@%s (%s) at %s\n", me.Username, me.UserID, c.profile.API)
	return nil
}

func sessions(ctx context.Context, c *cli, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "revoke" && args[1] == "others":
		return c.client.RevokeOtherSessions(ctx)
	case len(args) == 2 && args[0] == "revoke":
		return c.client.RevokeSession(ctx, args[1])
	case len(args) != 0:
		return errUsage
	}
	all, err := c.client.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		mark := ""
		if s.Current {
			mark = " (this one)"
		}
		c.printf("%s  %s  %s  %s%s\n", s.SessionID, s.Platform, s.Name, s.IP, mark)
	}
	return nil
}
