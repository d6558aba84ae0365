// Made from openapi.json by scripts/generate.mjs; edit neither. eslint and prettier leave it alone.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public keys of the access tokens */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign a device in */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End this session */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set another password and end all other sessions */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rotate a refresh token */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create an account and sign its first device in */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one's sessions */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/revoke-others": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End all other sessions */
        post: operations["revokeOtherSessions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of one's sessions */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/ws-ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a single-use ticket for a WebSocket */
        post: operations["createTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List blocked users */
        get: operations["listBlocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocks/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Block a user */
        put: operations["blockUser"];
        post?: never;
        /** Take a block back */
        delete: operations["unblockUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List conversations, pinned ones first, then the newest first; archived ones apart */
        get: operations["listConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One conversation */
        get: operations["getConversation"];
        put?: never;
        post?: never;
        /** Take the history up to now away from oneself alone */
        delete: operations["clearConversation"];
        options?: never;
        head?: never;
        /** Change one's own settings of a conversation */
        patch: operations["updateConversation"];
        trace?: never;
    };
    "/v1/conversations/{id}/hide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Leave a conversation out of one's lists until its next entry */
        post: operations["hideConversation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page of the history, ascending by seq */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        /** Take up to 100 messages away from oneself alone */
        delete: operations["deleteMessages"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/messages/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Put another text in place of one's own, for a day */
        patch: operations["editMessage"];
        trace?: never;
    };
    "/v1/conversations/{id}/messages/{seq}/edits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that a message has said, the present text last; for its author and admins */
        get: operations["listEdits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/messages/{seq}/reactions/{emoji}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** React to a message with one emoji or :name: */
        put: operations["addReaction"];
        post?: never;
        /** Take one's reaction back */
        delete: operations["removeReaction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/messages/{seq}/readers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who has read a message; counts alone in groups of more than 500 */
        get: operations["listReaders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/messages/{seq}/recall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Empty a message for all; one's own for two minutes, admins of a group anyone's */
        post: operations["recallMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The pinned messages, the latest pin first */
        get: operations["listPins"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/pins/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Pin a message for all; in groups admins only */
        put: operations["pinMessage"];
        post?: never;
        /** Take a pin away */
        delete: operations["unpinMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/conversations/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move one's read position forward */
        post: operations["markRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friend-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List friend requests */
        get: operations["listFriendRequests"];
        put?: never;
        /** Ask another user to be friends */
        post: operations["createFriendRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friend-requests/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept a request */
        post: operations["acceptFriendRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friend-requests/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take one's own request back */
        post: operations["cancelFriendRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friend-requests/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reject a request */
        post: operations["rejectFriendRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List friends, or what changed since a version */
        get: operations["listFriends"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/friends/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a friendship */
        delete: operations["deleteFriend"];
        options?: never;
        head?: never;
        /** Change one's notes about a friend */
        patch: operations["updateFriend"];
        trace?: never;
    };
    "/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one's groups */
        get: operations["listGroups"];
        put?: never;
        /** Make a group */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One group */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        /** End a group */
        delete: operations["dismissGroup"];
        options?: never;
        head?: never;
        /** Change the fields that are present */
        patch: operations["updateGroup"];
        trace?: never;
    };
    "/v1/groups/{groupId}/announcement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace the announcement */
        put: operations["setAnnouncement"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List banned users, newest first; for admins */
        get: operations["listBans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/bans/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a user out; a member is kicked */
        put: operations["banUser"];
        post?: never;
        /** Let a user join again */
        delete: operations["unbanUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/invites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the invites that may still be used; for admins */
        get: operations["listInvites"];
        put?: never;
        /** Make an invite; only this answer has its code */
        post: operations["createInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/invites/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End an invite */
        delete: operations["deleteInvite"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join an open group (200, the group), or ask to join one that approves (201, the request) */
        post: operations["joinGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/join-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List requests to join, newest first; for admins */
        get: operations["listJoinRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/join-requests/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make the asker a member */
        post: operations["acceptJoinRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/join-requests/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decline a request to join */
        post: operations["rejectJoinRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List members, those of a role, those with a name, or what changed since a version */
        get: operations["listMembers"];
        put?: never;
        /** Add members */
        post: operations["addMembers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/members/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Leave a group */
        delete: operations["leaveGroup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One member */
        get: operations["getMember"];
        put?: never;
        post?: never;
        /** Kick a member */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /** Change a member's role, nickname or mute */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/v1/groups/{groupId}/mute-all": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Let only admins write until a time; zero ends it */
        put: operations["muteAll"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/groups/{groupId}/owner": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Hand a group over to another member */
        put: operations["transferGroup"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invites/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the holder of a code may see of its group */
        get: operations["getInvite"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invites/{code}/join": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Join by a code, whatever the join policy */
        post: operations["joinByInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Store a message (200 when it was already there) */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/forward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send copies of up to 100 messages to up to 20 conversations, one by one or merged */
        post: operations["forwardMessages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find messages by what they say, the newest first */
        get: operations["searchMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/presence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which of up to 200 friends are online, ids with commas; others are left out */
        get: operations["getPresence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scheduled-messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what waits for its time or was refused */
        get: operations["listScheduledMessages"];
        put?: never;
        /** Send a message later, once */
        post: operations["scheduleMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/scheduled-messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget a message that waits for its time */
        delete: operations["cancelScheduledMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed since a token */
        get: operations["sync"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public profiles of up to 200 users, ids with commas */
        get: operations["getUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own profile */
        get: operations["getProfile"];
        put?: never;
        post?: never;
        /** End one's account for good */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        /** Change the fields that are present */
        patch: operations["updateProfile"];
        trace?: never;
    };
    "/v1/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own data as JSON lines; the last one has the kind end and says whether it is complete */
        get: operations["exportData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find users by username, phone, email or nickname prefix */
        get: operations["searchUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public profile of a user */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptFriendRequestRequest: {
            remark?: string;
        };
        AddFailure: {
            reason: string;
            userId: string;
        };
        AddMembersRequest: {
            userIds: string[];
        };
        AddMembersResponse: {
            added: string[];
            failed: components["schemas"]["AddFailure"][];
        };
        Ban: {
            bannedBy: string;
            /** Format: int64 */
            createdAt: number;
            userId: string;
        };
        BanList: {
            items: components["schemas"]["Ban"][];
            nextCursor: string;
        };
        Block: {
            /** Format: int64 */
            createdAt: number;
            user: components["schemas"]["User"];
        };
        BlockList: {
            items: components["schemas"]["Block"][];
            nextCursor: string;
        };
        ChangePasswordRequest: {
            newPassword: string;
            oldPassword: string;
        };
        Conversation: {
            archived: boolean;
            conversationId: string;
            draft: string;
            /** Format: int64 */
            firstMentionSeq?: number;
            group?: components["schemas"]["GroupSummary"];
            hidden: boolean;
            lastMessage: components["schemas"]["Message"] | null;
            markedUnread: boolean;
            /** Format: int64 */
            maxSeq: number;
            /** Format: int64 */
            mentionCount: number;
            mentioned: boolean;
            /** Format: int64 */
            minSeq: number;
            /** Format: int64 */
            mutedUntil: number;
            peer?: components["schemas"]["PeerSummary"];
            /** Format: int64 */
            peerDeliveredSeq?: number;
            /** Format: int64 */
            peerReadSeq?: number;
            pinned: boolean;
            /** Format: int64 */
            readSeq: number;
            type: string;
            /** Format: int64 */
            unread: number;
            /** Format: int64 */
            updatedAt: number;
            /** Format: int64 */
            version: number;
        };
        ConversationList: {
            items: components["schemas"]["Conversation"][];
            nextCursor: string;
        };
        CreateFriendRequestRequest: {
            message?: string;
            toUserId: string;
        };
        CreateGroupRequest: {
            avatarUrl?: string;
            editRole?: string;
            historyVisible?: boolean;
            inviteRole?: string;
            joinPolicy?: string;
            memberIds?: string[];
            mentionAllRole?: string;
            name: string;
            /** Format: int64 */
            slowModeSeconds?: number;
        };
        CreateInviteRequest: {
            /** Format: int64 */
            expiresIn?: number;
            /** Format: int64 */
            maxUses?: number;
        };
        CreatedFriendRequest: {
            /** Format: int64 */
            createdAt: number;
            /** Format: int64 */
            expiresAt: number;
            fromUserId: string;
            /** Format: int64 */
            handledAt: number;
            message: string;
            requestId: string;
            status: string;
            toUserId: string;
        };
        CreatedGroup: {
            /** Format: int64 */
            announcedAt: number;
            announcedBy: string;
            announcement: string;
            avatarUrl: string;
            /** Format: int64 */
            createdAt: number;
            editRole: string;
            failed: components["schemas"]["AddFailure"][];
            groupId: string;
            historyVisible: boolean;
            inviteRole: string;
            joinPolicy: string;
            /** Format: int64 */
            maxMembers: number;
            /** Format: int64 */
            memberCount: number;
            mentionAllRole: string;
            /** Format: int64 */
            mutedAllUntil: number;
            myRole: string;
            name: string;
            ownerId: string;
            /** Format: int64 */
            slowModeSeconds: number;
            /** Format: int64 */
            version: number;
        };
        CreatedInvite: {
            code: string;
            /** Format: int64 */
            createdAt: number;
            createdBy: string;
            /** Format: int64 */
            expiresAt: number;
            groupId: string;
            inviteId: string;
            /** Format: int64 */
            maxUses: number;
            /** Format: int64 */
            uses: number;
        };
        CreatedScheduledMessage: {
            /** Format: int64 */
            createdAt: number;
            message: components["schemas"]["ScheduledContent"];
            reason?: string;
            scheduledId: string;
            /** Format: int64 */
            sendAt: number;
            status: string;
        };
        DeleteAccountRequest: {
            password: string;
        };
        DeleteMessagesRequest: {
            seqs: number[];
        };
        Device: {
            deviceId: string;
            name?: string;
            /** @enum {string} */
            platform: "ios" | "android" | "web" | "windows" | "macos" | "linux" | "other";
        };
        EditMessageRequest: {
            content: {
                [key: string]: unknown;
            };
            mentions?: string[];
        };
        Field: {
            field: string;
            message: string;
        };
        ForwardError: {
            message: string;
            reason: string;
        };
        ForwardMessagesRequest: {
            clientMsgId?: string;
            from: components["schemas"]["ForwardSource"];
            merge?: boolean;
            title?: string;
            to: string[];
        };
        ForwardSource: {
            conversationId: string;
            seqs: number[];
        };
        ForwardedList: {
            items: components["schemas"]["ForwardedMessage"][];
        };
        ForwardedMessage: {
            conversationId: string;
            error?: components["schemas"]["ForwardError"];
            /** Format: int64 */
            fromSeq?: number;
            messageId?: string;
            /** Format: int64 */
            seq?: number;
        };
        FoundMessages: {
            items: components["schemas"]["Message"][];
            nextCursor: string;
        };
        Friend: {
            /** Format: int64 */
            createdAt: number;
            remark: string;
            starred: boolean;
            tags: string[];
            user: components["schemas"]["User"];
        };
        FriendList: {
            deleted: string[];
            items: components["schemas"]["Friend"][];
            nextCursor: string;
            reset: boolean;
            /** Format: int64 */
            version: number;
        };
        FriendRequest: {
            /** Format: int64 */
            createdAt: number;
            /** Format: int64 */
            expiresAt: number;
            fromUserId: string;
            /** Format: int64 */
            handledAt: number;
            message: string;
            requestId: string;
            status: string;
            toUserId: string;
        };
        FriendRequestList: {
            items: components["schemas"]["FriendRequest"][];
            nextCursor: string;
        };
        Group: {
            /** Format: int64 */
            announcedAt: number;
            announcedBy: string;
            announcement: string;
            avatarUrl: string;
            /** Format: int64 */
            createdAt: number;
            editRole: string;
            groupId: string;
            historyVisible: boolean;
            inviteRole: string;
            joinPolicy: string;
            /** Format: int64 */
            maxMembers: number;
            /** Format: int64 */
            memberCount: number;
            mentionAllRole: string;
            /** Format: int64 */
            mutedAllUntil: number;
            myRole: string;
            name: string;
            ownerId: string;
            /** Format: int64 */
            slowModeSeconds: number;
            /** Format: int64 */
            version: number;
        };
        GroupList: {
            items: components["schemas"]["Group"][];
            nextCursor: string;
        };
        GroupSummary: {
            avatarUrl: string;
            groupId: string;
            /** Format: int64 */
            memberCount: number;
            name: string;
        };
        Invite: {
            /** Format: int64 */
            createdAt: number;
            createdBy: string;
            /** Format: int64 */
            expiresAt: number;
            groupId: string;
            inviteId: string;
            /** Format: int64 */
            maxUses: number;
            /** Format: int64 */
            uses: number;
        };
        InviteList: {
            items: components["schemas"]["Invite"][];
            nextCursor: string;
        };
        InvitedGroup: {
            avatarUrl: string;
            /** Format: int64 */
            expiresAt: number;
            groupId: string;
            /** Format: int64 */
            memberCount: number;
            name: string;
        };
        JoinGroupRequest: {
            message?: string;
        };
        JoinRequest: {
            /** Format: int64 */
            createdAt: number;
            groupId: string;
            /** Format: int64 */
            handledAt: number;
            handledBy: string;
            message: string;
            requestId: string;
            status: string;
            userId: string;
        };
        JoinRequestList: {
            items: components["schemas"]["JoinRequest"][];
            nextCursor: string;
        };
        Line: {
            data: {
                [key: string]: unknown;
            };
            kind: string;
        };
        LoginRequest: {
            device: components["schemas"]["Device"];
            password: string;
            username: string;
        };
        LoginResponse: {
            session: components["schemas"]["Session"];
            tokens: components["schemas"]["Tokens"];
            user: components["schemas"]["User"];
        };
        MarkReadRequest: {
            /** Format: int64 */
            seq: number;
        };
        Member: {
            /** Format: int64 */
            joinedAt: number;
            /** Format: int64 */
            mutedUntil: number;
            nickname: string;
            role: string;
            userId: string;
        };
        MemberList: {
            deleted: string[];
            items: components["schemas"]["Member"][];
            nextCursor: string;
            reset: boolean;
            /** Format: int64 */
            version: number;
        };
        Message: {
            clientMsgId: string;
            content: {
                [key: string]: unknown;
            };
            conversationId: string;
            /** Format: int64 */
            createdAt: number;
            /** Format: int64 */
            editedAt?: number;
            /** Format: int64 */
            expireAfterRead?: number;
            mentions?: string[];
            messageId: string;
            /** Format: int64 */
            reactionSeq?: number;
            reactions?: components["schemas"]["Reaction"][];
            /** Format: int64 */
            recalledAt?: number;
            /** Format: int64 */
            replyToSeq?: number;
            senderId: string;
            /** Format: int64 */
            seq: number;
            type: string;
        };
        MessageList: {
            hasMore: boolean;
            items: components["schemas"]["Message"][];
            nextCursor: string;
        };
        MuteAllRequest: {
            /** Format: int64 */
            until: number;
        };
        PeerSummary: {
            avatarUrl: string;
            nickname: string;
            userId: string;
            username: string;
        };
        Pin: {
            message: components["schemas"]["Message"];
            /** Format: int64 */
            pinnedAt: number;
            pinnedBy: string;
        };
        PinList: {
            items: components["schemas"]["Pin"][];
        };
        Presence: {
            /** Format: int64 */
            lastSeenAt?: number;
            online: boolean;
            platforms: string[];
            userId: string;
        };
        PresenceList: {
            items: components["schemas"]["Presence"][];
        };
        Problem: {
            detail: string;
            fields?: components["schemas"]["Field"][];
            /** @enum {string} */
            reason: "ADMIN_LIMIT_REACHED" | "ALREADY_FRIENDS" | "ALREADY_MEMBER" | "ALREADY_SENT" | "BAN_LIMIT_REACHED" | "BLOCKED" | "BLOCK_LIMIT_REACHED" | "CLIENT_MSG_ID_REUSED" | "CONVERSATION_NOT_FOUND" | "EDIT_WINDOW_PASSED" | "EMAIL_TAKEN" | "FORBIDDEN" | "FRIEND_LIMIT_REACHED" | "FRIEND_REQUESTS_REFUSED" | "FRIEND_REQUEST_LIMIT_REACHED" | "GROUP_FULL" | "GROUP_LIMIT_REACHED" | "GROUP_NOT_FOUND" | "INTERNAL" | "INVALID_ARGUMENT" | "INVALID_CREDENTIALS" | "INVITE_LIMIT_REACHED" | "JOIN_REQUEST_LIMIT_REACHED" | "MESSAGE_EXPIRES" | "MESSAGE_NOT_FOUND" | "MESSAGE_RECALLED" | "METHOD_NOT_ALLOWED" | "MUTED" | "NOT_FOUND" | "NOT_FRIENDS" | "NOT_GROUP_ADMIN" | "NOT_GROUP_MEMBER" | "NOT_GROUP_OWNER" | "PAYLOAD_TOO_LARGE" | "PEER_FRIEND_LIMIT_REACHED" | "PHONE_TAKEN" | "PIN_LIMIT_REACHED" | "RATE_LIMITED" | "REACTION_LIMIT_REACHED" | "RECALL_WINDOW_PASSED" | "REFRESH_TOKEN_REUSED" | "REQUEST_ALREADY_HANDLED" | "REQUEST_EXPIRED" | "REQUEST_NOT_FOUND" | "SCHEDULED_NOT_FOUND" | "SCHEDULE_LIMIT_REACHED" | "SESSION_REVOKED" | "TAG_LIMIT_REACHED" | "TIMEOUT" | "TOKEN_EXPIRED" | "UNAUTHENTICATED" | "UNAVAILABLE" | "USERNAME_TAKEN" | "USER_BANNED" | "USER_NOT_FOUND";
            requestId: string;
            /** Format: int64 */
            retryAfterMs?: number;
            /** Format: int64 */
            status: number;
            title: string;
            type: string;
        };
        Profile: {
            avatarUrl: string;
            bio: string;
            /** Format: int64 */
            createdAt: number;
            deleted?: boolean;
            email: string;
            gender: string;
            nickname: string;
            phone: string;
            settings: components["schemas"]["Settings"];
            userId: string;
            username: string;
        };
        Reaction: {
            /** Format: int64 */
            count: number;
            emoji: string;
            mine: boolean;
        };
        ReaderList: {
            nextCursor: string;
            read: string[];
            /** Format: int64 */
            readCount: number;
            /** Format: int64 */
            unreadCount: number;
        };
        RefreshRequest: {
            refreshToken: string;
        };
        RefreshResponse: {
            tokens: components["schemas"]["Tokens"];
        };
        RegisterRequest: {
            device: components["schemas"]["Device"];
            nickname?: string;
            password: string;
            username: string;
        };
        RegisterResponse: {
            session: components["schemas"]["Session"];
            tokens: components["schemas"]["Tokens"];
            user: components["schemas"]["User"];
        };
        ScheduleMessageRequest: {
            message: {
                [key: string]: unknown;
            };
            /** Format: int64 */
            sendAt: number;
        };
        ScheduledContent: {
            clientMsgId: string;
            content: {
                [key: string]: unknown;
            };
            conversationId?: string;
            /** Format: int64 */
            expireAfterRead?: number;
            groupId?: string;
            mentions?: string[];
            /** Format: int64 */
            replyToSeq?: number;
            toUserId?: string;
            type: string;
        };
        ScheduledMessage: {
            /** Format: int64 */
            createdAt: number;
            message: components["schemas"]["ScheduledContent"];
            reason?: string;
            scheduledId: string;
            /** Format: int64 */
            sendAt: number;
            status: string;
        };
        ScheduledMessageList: {
            items: components["schemas"]["ScheduledMessage"][];
            nextCursor: string;
        };
        SendMessageRequest: {
            clientMsgId: string;
            content: {
                [key: string]: unknown;
            };
            conversationId?: string;
            /** Format: int64 */
            expireAfterRead?: number;
            groupId?: string;
            mentions?: string[];
            /** Format: int64 */
            replyToSeq?: number;
            toUserId?: string;
            type: string;
        };
        SentMessage: {
            conversationId: string;
            messageId: string;
            /** Format: int64 */
            seq: number;
            /** Format: int64 */
            serverTime: number;
        };
        Session: {
            /** Format: int64 */
            createdAt: number;
            current: boolean;
            deviceId: string;
            ip: string;
            /** Format: int64 */
            lastSeenAt: number;
            name: string;
            platform: string;
            sessionId: string;
        };
        SessionList: {
            items: components["schemas"]["Session"][];
            nextCursor: string;
        };
        SetAnnouncementRequest: {
            text: string;
        };
        Settings: {
            findableByEmail: boolean;
            findableByName: boolean;
            findableByPhone: boolean;
            /** @enum {string} */
            friendRequestsFrom: "everyone" | "nobody";
            showLastSeen: boolean;
        };
        SettingsPatch: {
            findableByEmail?: boolean;
            findableByName?: boolean;
            findableByPhone?: boolean;
            /** @enum {string} */
            friendRequestsFrom?: "everyone" | "nobody";
            showLastSeen?: boolean;
        };
        SyncConversation: {
            archived: boolean;
            conversationId: string;
            deletedMore?: boolean;
            deletedSeqs?: number[];
            draft: string;
            /** Format: int64 */
            firstMentionSeq?: number;
            group?: components["schemas"]["GroupSummary"];
            hasMore: boolean;
            hidden: boolean;
            lastMessage: components["schemas"]["Message"] | null;
            markedUnread: boolean;
            /** Format: int64 */
            maxSeq: number;
            /** Format: int64 */
            mentionCount: number;
            mentioned: boolean;
            messages: components["schemas"]["Message"][];
            /** Format: int64 */
            minSeq: number;
            /** Format: int64 */
            mutedUntil: number;
            peer?: components["schemas"]["PeerSummary"];
            /** Format: int64 */
            peerDeliveredSeq?: number;
            /** Format: int64 */
            peerReadSeq?: number;
            pinned: boolean;
            /** Format: int64 */
            readSeq: number;
            type: string;
            /** Format: int64 */
            unread: number;
            /** Format: int64 */
            updatedAt: number;
            /** Format: int64 */
            version: number;
        };
        SyncPage: {
            conversations: components["schemas"]["SyncConversation"][];
            more: boolean;
            nextSince: string;
            reset: boolean;
        };
        Ticket: {
            /** Format: int64 */
            expiresAt: number;
            ticket: string;
            url: string;
        };
        Tokens: {
            /** Format: int64 */
            accessExpiresAt: number;
            accessToken: string;
            /** Format: int64 */
            refreshExpiresAt: number;
            refreshToken: string;
        };
        TransferGroupRequest: {
            userId: string;
        };
        UpdateConversationRequest: {
            archived?: boolean;
            draft?: string;
            markedUnread?: boolean;
            /** Format: int64 */
            mutedUntil?: number;
            pinned?: boolean;
        };
        UpdateFriendRequest: {
            remark?: string;
            starred?: boolean;
            tags?: string[];
        };
        UpdateGroupRequest: {
            announcement?: string;
            avatarUrl?: string;
            editRole?: string;
            historyVisible?: boolean;
            inviteRole?: string;
            joinPolicy?: string;
            mentionAllRole?: string;
            name?: string;
            /** Format: int64 */
            slowModeSeconds?: number;
        };
        UpdateMemberRequest: {
            /** Format: int64 */
            mutedUntil?: number;
            nickname?: string;
            role?: string;
        };
        UpdateProfileRequest: {
            avatarUrl?: string;
            bio?: string;
            email?: string;
            gender?: string;
            nickname?: string;
            phone?: string;
            settings?: components["schemas"]["SettingsPatch"];
        };
        User: {
            avatarUrl: string;
            bio: string;
            /** Format: int64 */
            createdAt: number;
            deleted?: boolean;
            gender: string;
            nickname: string;
            userId: string;
            username: string;
        };
        UserList: {
            items: components["schemas"]["User"][];
            nextCursor: string;
        };
        Version: {
            content: {
                [key: string]: unknown;
            };
            mentions: string[];
            /** Format: int64 */
            writtenAt: number;
        };
        VersionList: {
            items: components["schemas"]["Version"][];
        };
    };
    responses: {
        /** @description an error */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getJwks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginResponse"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefreshResponse"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisterResponse"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revokeOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    createTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listBlocks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    blockUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    unblockUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listConversations: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                archived?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    clearConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateConversationRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conversation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    hideConversation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                beforeSeq?: number;
                afterSeq?: number;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteMessages: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeleteMessagesRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    editMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EditMessageRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentMessage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listEdits: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addReaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
                emoji: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    removeReaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
                emoji: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listReaders: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
                seq: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReaderList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    recallMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentMessage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPins: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PinList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    pinMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    unpinMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                seq: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    markRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["MarkReadRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listFriendRequests: {
        parameters: {
            query?: {
                direction?: string;
                status?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FriendRequestList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createFriendRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateFriendRequestRequest"];
            };
        };
        responses: {
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedFriendRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acceptFriendRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AcceptFriendRequestRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FriendRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelFriendRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FriendRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rejectFriendRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FriendRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listFriends: {
        parameters: {
            query?: {
                since?: number;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FriendList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteFriend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateFriend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateFriendRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Friend"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listGroups: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createGroup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateGroupRequest"];
            };
        };
        responses: {
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedGroup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    dismissGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateGroupRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setAnnouncement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SetAnnouncementRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listBans: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BanList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    banUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    unbanUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listInvites: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InviteList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateInviteRequest"];
            };
        };
        responses: {
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedInvite"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    joinGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["JoinGroupRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listJoinRequests: {
        parameters: {
            query?: {
                status?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequestList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acceptJoinRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rejectJoinRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                role?: string;
                name?: string;
                since?: number;
            };
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addMembers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AddMembersRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddMembersResponse"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    leaveGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateMember: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateMemberRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    muteAll: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["MuteAllRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    transferGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                groupId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["TransferGroupRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitedGroup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    joinByInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentMessage"];
                };
            };
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentMessage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    forwardMessages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ForwardMessagesRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForwardedList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    searchMessages: {
        parameters: {
            query: {
                q: string;
                conversationId?: string;
                senderId?: string;
                type?: string;
                before?: number;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundMessages"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPresence: {
        parameters: {
            query: {
                userIds: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresenceList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listScheduledMessages: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduledMessageList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    scheduleMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ScheduleMessageRequest"];
            };
        };
        responses: {
            /** @description success */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedScheduledMessage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    cancelScheduledMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    sync: {
        parameters: {
            query?: {
                since?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getUsers: {
        parameters: {
            query: {
                ids: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["DeleteAccountRequest"];
            };
        };
        responses: {
            /** @description success */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateProfile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UpdateProfileRequest"];
            };
        };
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    exportData: {
        parameters: {
            query?: {
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Line"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    searchUsers: {
        parameters: {
            query: {
                q: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description success */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
