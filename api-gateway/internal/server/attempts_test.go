package server

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

const (
	loginBody    = `{"username":"Ann","password":"pw","device":{"deviceId":"phone","platform":"ios"}}`
	passwordBody = `{"oldPassword":"old","newPassword":"a new one"}`
)

func attemptOf(kind authpb.AttemptKind, account string) *authpb.Attempt {
	return &authpb.Attempt{Kind: kind, Account: account, Address: "127.0.0.1"}
}

func TestPasswordsAreTriedOnlyWhenTheThrottleAdmitsIt(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		body, rpc string
		attempt   *authpb.Attempt
	}{
		"POST /v1/auth/login":    {loginBody, "VerifyPassword", attemptOf(authpb.AttemptKind_ATTEMPT_KIND_LOGIN, "Ann")},
		"POST /v1/auth/register": {loginBody, "Register", attemptOf(authpb.AttemptKind_ATTEMPT_KIND_REGISTER, "")},
		"POST /v1/auth/password": {passwordBody, "ChangePassword", attemptOf(authpb.AttemptKind_ATTEMPT_KIND_PASSWORD, "7")},
		"DELETE /v1/users/me":    {`{"password":"pw"}`, "DeleteAccount", attemptOf(authpb.AttemptKind_ATTEMPT_KIND_PASSWORD, "7")},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b, base := newGateway(t, nil, nil)
			b.answer("AdmitAttempt", nil, errs.ErrRateLimited.After(7*time.Second))
			got := call(t, base, what, tc.body)
			require.Equal(t, 429, got.status, got.body)
			require.Equal(t, "7", got.header.Get("Retry-After"))
			require.Equal(t, "RATE_LIMITED", got.problem(t)["reason"])
			require.True(t, proto.Equal(&authpb.AdmitAttemptRequest{Attempt: tc.attempt}, b.lastAsked("AdmitAttempt")))
			require.Nil(t, b.lastAsked(tc.rpc), "no password was looked at")
			b.answer("AdmitAttempt", nil, errs.ErrUnavailable)
			require.Equal(t, 503, call(t, base, what, tc.body).status, "without the throttle nobody gets in")
			require.Nil(t, b.lastAsked(tc.rpc))
		})
	}
}

func TestAnAttemptIsSettledByWhatItCameTo(t *testing.T) {
	t.Parallel()
	login := attemptOf(authpb.AttemptKind_ATTEMPT_KIND_LOGIN, "Ann")
	register := attemptOf(authpb.AttemptKind_ATTEMPT_KIND_REGISTER, "")
	for name, tc := range map[string]struct {
		call, rpc string
		err       error
		status    int
		settled   *authpb.SettleAttemptRequest
	}{
		"right":                 {"POST /v1/auth/login", "VerifyPassword", nil, 200, &authpb.SettleAttemptRequest{Attempt: login, Proved: true}},
		"right, but banned":     {"POST /v1/auth/login", "VerifyPassword", errs.ErrUserBanned, 403, &authpb.SettleAttemptRequest{Attempt: login, Proved: true}},
		"wrong":                 {"POST /v1/auth/login", "VerifyPassword", errs.ErrInvalidCredentials, 401, nil},
		"the queue was full":    {"POST /v1/auth/login", "VerifyPassword", errs.ErrUnavailable.After(time.Second), 503, &authpb.SettleAttemptRequest{Attempt: login}},
		"an account was made":   {"POST /v1/auth/register", "Register", nil, 201, nil},
		"its name was taken":    {"POST /v1/auth/register", "Register", errs.ErrUsernameTaken, 409, nil},
		"a field was not valid": {"POST /v1/auth/register", "Register", errs.InvalidField("username", "?"), 400, &authpb.SettleAttemptRequest{Attempt: register}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, base := newGateway(t, nil, nil)
			b.answer(tc.rpc, nil, tc.err)
			b.answer("CreateSession", &authpb.CreateSessionResponse{Session: session, Tokens: tokens}, nil)
			got := call(t, base, tc.call, loginBody)
			require.Equal(t, tc.status, got.status, got.body)
			if tc.settled == nil {
				require.Nil(t, b.lastAsked("SettleAttempt"))
				return
			}
			require.True(t, proto.Equal(tc.settled, b.lastAsked("SettleAttempt")), "%v", b.lastAsked("SettleAttempt"))
		})
	}
}

func TestAChangedPasswordAndADeletedAccountEndSessionsAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		body, rpc string
		reply     proto.Message
		revoked   *authpb.RevokeOtherSessionsRequest
	}{
		"POST /v1/auth/password": {
			passwordBody, "ChangePassword", &userpb.ChangePasswordResponse{PasswordVersion: 3},
			&authpb.RevokeOtherSessionsRequest{UserId: 7, KeepSessionId: 70, PasswordVersion: 3},
		},
		"DELETE /v1/users/me": {
			`{"password":"pw"}`, "DeleteAccount", nil, &authpb.RevokeOtherSessionsRequest{UserId: 7, PasswordVersion: math.MaxInt64},
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b, base := newGateway(t, nil, nil)
			b.answer("RevokeOtherSessions", nil, nil)
			b.answer(tc.rpc, nil, errs.ErrInvalidCredentials)
			got := call(t, base, what, tc.body)
			require.Equal(t, 401, got.status)
			require.Equal(t, "INVALID_CREDENTIALS", got.problem(t)["reason"])
			require.Nil(t, b.lastAsked("RevokeOtherSessions"))

			b.answer(tc.rpc, tc.reply, nil)
			b.answerFunc("RevokeOtherSessions", func(context.Context, proto.Message) (proto.Message, error) {
				return nil, errs.ErrUnavailable
			})
			require.Equal(t, 503, call(t, base, what, tc.body).status, "not done before the sessions have ended")
			b.answer("RevokeOtherSessions", nil, nil)
			require.Equal(t, 204, call(t, base, what, tc.body).status)
			require.True(t, proto.Equal(tc.revoked, b.lastAsked("RevokeOtherSessions")), "%v", b.lastAsked("RevokeOtherSessions"))
		})
	}
}
