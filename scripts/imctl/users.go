package main

import (
	"context"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/userpb"
)

// setBanned keeps a user out and ends its sessions, or lets it in again. What fails in the middle is repaired by doing it again.
func setBanned(id int64, banned bool) command {
	return func(ctx context.Context, o options, out io.Writer) error {
		users, closing, err := connect(ctx, o, "user", o.user, userpb.NewUserServiceClient)
		if err != nil {
			return err
		}
		defer closing()
		set, err := users.SetBanned(ctx, &userpb.SetBannedRequest{UserId: id, Banned: banned}, grpc.WaitForReady(true))
		if err != nil {
			return fmt.Errorf("set banned: %w", err)
		}
		if !banned {
			fmt.Fprintf(out, "%d may sign in again\n", id)
			return nil
		}
		if err := endSessions(ctx, o, id, set.GetPasswordVersion()); err != nil {
			return fmt.Errorf("end sessions: %w", err)
		}
		fmt.Fprintf(out, "%d is banned, its sessions have ended\n", id)
		return nil
	}
}

// endSessions ends all sessions of a user; no login gets in that saw an earlier version of its password.
func endSessions(ctx context.Context, o options, id, version int64) error {
	auth, closing, err := connect(ctx, o, "auth", o.auth, authpb.NewAuthServiceClient)
	if err != nil {
		return err
	}
	defer closing()
	_, err = auth.RevokeOtherSessions(ctx, &authpb.RevokeOtherSessionsRequest{UserId: id, PasswordVersion: version},
		grpc.WaitForReady(true))
	return err //nolint:wrapcheck // the caller says what was tried
}
