package forward_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/forward"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/sending"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
)

// source is a message that changes, and whoever takes copies of it.
type source struct {
	text   string
	drafts []sending.Draft
}

func (s *source) Messages(context.Context, model.UserID, string, []int64) ([]*logpb.Entry, error) {
	return []*logpb.Entry{{ConversationId: "s:1:2", Seq: 3, MessageId: 4, SenderId: 2, Type: message.Text, Content: []byte(`{"text":"` + s.text + `"}`)}}, nil
}

func (s *source) Submit(_ context.Context, _ model.UserID, d sending.Draft, done func(sending.Result, error)) {
	s.drafts = append(s.drafts, d)
	done(sending.Result{}, nil)
}

func TestAForwardIsTheSameRequestWhateverItsSourceSaysByNow(t *testing.T) {
	t.Parallel()
	for _, merge := range []bool{false, true} {
		s := &source{text: "one"}
		f := forward.New(s, s)
		r := forward.Request{From: "s:1:2", Seqs: []int64{3}, To: []string{"s:1:3"}, Merge: merge, Title: "t", ClientMsgID: "c"}
		for _, s.text = range []string{"one", "two"} {
			_, err := f.Forward(context.Background(), 1, r)
			require.NoError(t, err)
		}
		require.Len(t, s.drafts, 2)
		require.Equal(t, s.drafts[0].ClientMsgID, s.drafts[1].ClientMsgID)
		require.NotEmpty(t, s.drafts[0].Request)
		require.Equal(t, s.drafts[0].Request, s.drafts[1].Request)
		require.NotEqual(t, s.drafts[0].Content, s.drafts[1].Content)
		r.Title = "another"
		_, err := f.Forward(context.Background(), 1, r)
		require.NoError(t, err)
		require.Equal(t, merge, s.drafts[2].Request != s.drafts[0].Request, "another title is another merged message")
	}
}
