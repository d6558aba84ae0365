package main

import (
	"bytes"
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

// service is an auth-service with two keys and a user-service with one user.
type service struct {
	authpb.UnimplementedAuthServiceServer
	userpb.UnimplementedUserServiceServer
	away   bool
	banned bool
	ended  *authpb.RevokeOtherSessionsRequest
}

func (s *service) ListSigningKeys(context.Context, *authpb.ListSigningKeysRequest) (*authpb.ListSigningKeysResponse, error) {
	if s.away {
		return nil, errs.ErrUnavailable
	}
	return &authpb.ListSigningKeysResponse{Keys: []*authpb.SigningKey{
		{Kid: "NEW", CreatedAt: 1_800_000_000_000}, {Kid: "OLD", CreatedAt: 1_700_000_000_000, ExpiresAt: 1_800_000_960_000},
	}}, nil
}

func (s *service) RotateSigningKey(context.Context, *authpb.RotateSigningKeyRequest) (*authpb.RotateSigningKeyResponse, error) {
	if s.away {
		return nil, errs.ErrUnavailable
	}
	return &authpb.RotateSigningKeyResponse{Key: &authpb.SigningKey{Kid: "NEW"}}, nil
}

func (s *service) SetBanned(_ context.Context, in *userpb.SetBannedRequest) (*userpb.SetBannedResponse, error) {
	if in.GetUserId() != 7 {
		return nil, errs.ErrUserNotFound
	}
	s.banned = in.GetBanned()
	return &userpb.SetBannedResponse{PasswordVersion: 3}, nil
}

func (s *service) RevokeOtherSessions(
	_ context.Context, in *authpb.RevokeOtherSessionsRequest,
) (*authpb.RevokeOtherSessionsResponse, error) {
	if s.away {
		return nil, errs.ErrUnavailable
	}
	s.ended = in
	return &authpb.RevokeOtherSessionsResponse{}, nil
}

func start(t *testing.T, s *service) string {
	t.Helper()
	return serve(t, func(server *grpc.Server) {
		authpb.RegisterAuthServiceServer(server, s)
		userpb.RegisterUserServiceServer(server, s)
	})
}

func serve(t *testing.T, register func(server *grpc.Server)) string {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(lis) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-served)
	})
	return lis.Addr().String()
}

func call(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), args, &out, &errOut)
	return code, out.String(), errOut.String()
}

func TestKeysAreListedAndRotated(t *testing.T) {
	t.Parallel()
	addr := start(t, &service{})
	code, out, errOut := call(t, "-auth", addr, "keys", "list")
	require.Zero(t, code, errOut)
	require.Equal(t, "NEW  made 2027-01-15T08:00:00Z  signs\n"+
		"OLD  made 2023-11-14T22:13:20Z  verifies until 2027-01-15T08:16:00Z\n", out)
	code, out, errOut = call(t, "-auth", addr, "keys", "rotate")
	require.Zero(t, code, errOut)
	require.Equal(t, "NEW signs from now on; the older ones go when their last token has expired\n", out)
}

func TestABannedUsersSessionsEnd(t *testing.T) {
	t.Parallel()
	s := &service{}
	addr := start(t, s)
	code, out, errOut := call(t, "-auth", addr, "-user", addr, "users", "ban", "7")
	require.Zero(t, code, errOut)
	require.Equal(t, "7 is banned, its sessions have ended\n", out)
	require.True(t, s.banned)
	require.True(t, proto.Equal(&authpb.RevokeOtherSessionsRequest{UserId: 7, PasswordVersion: 3}, s.ended))
	code, out, errOut = call(t, "-user", addr, "users", "unban", "7")
	require.Zero(t, code, errOut)
	require.Equal(t, "7 may sign in again\n", out)
	require.False(t, s.banned)
	code, _, errOut = call(t, "-user", addr, "users", "unban", "8")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "USER_NOT_FOUND")
	s.away = true
	code, out, errOut = call(t, "-auth", addr, "-user", addr, "users", "ban", "7")
	require.Equal(t, 1, code, "it says that it is to be done again")
	require.Empty(t, out)
	require.Contains(t, errOut, "end sessions")
}

func TestFailuresAndWrongCallsAreToldApart(t *testing.T) {
	t.Parallel()
	addr := start(t, &service{away: true})
	for _, command := range []string{"list", "rotate"} {
		code, out, errOut := call(t, "-auth", addr, "keys", command)
		require.Equal(t, 1, code)
		require.Empty(t, out)
		require.Contains(t, errOut, "UNAVAILABLE")
	}
	code, _, errOut := call(t, "-timeout", "50ms", "-auth", "127.0.0.1:1", "keys", "list")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "imctl: list keys")
	for _, args := range [][]string{
		{}, {"keys"}, {"keys", "lose"}, {"-none"}, {"keys", "list", "x"}, {"users", "ban"}, {"users", "ban", "ann"}, {"users", "ban", "7", "8"},
	} {
		code, _, errOut := call(t, args...)
		require.Equal(t, 2, code, "%v", args)
		require.Contains(t, errOut, "usage: imctl")
	}
	code, _, errOut = call(t, "-h")
	require.Zero(t, code)
	require.Contains(t, errOut, "keys rotate")
}
