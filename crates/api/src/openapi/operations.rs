//! The operations: path, method, scope, what goes in and what comes out.

use access::program::Scope;

/// One operation.
pub(crate) struct Operation {
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    pub(crate) id: &'static str,
    pub(crate) words: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) scope: Option<Scope>,
    pub(crate) headers: &'static [(&'static str, bool)],
    pub(crate) query: &'static [&'static str],
    /// The schema of the body; `binary` for a file.
    pub(crate) body: Option<&'static str>,
    pub(crate) status: u16,
    /// The schema of the answer.
    pub(crate) answer: Option<&'static str>,
}

const PLAIN: Operation = Operation {
    path: "",
    method: "get",
    id: "",
    words: "",
    tag: "public",
    scope: None,
    headers: &[],
    query: &[],
    body: None,
    status: 200,
    answer: None,
};

const DRAFTS: Operation = Operation { tag: "drafts", scope: Some(Scope::DraftsWrite), ..PLAIN };
const CASES: Operation = Operation { tag: "cases", headers: &[("Receipt-Secret", false)], ..PLAIN };

/// All of them.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { path: "/api", id: "guide", words: "api-op-guide", answer: Some("text/html"), ..PLAIN },
    Operation { path: "/api/openapi.json", id: "openapi", words: "api-op-openapi", answer: Some("OpenApi"), ..PLAIN },
    Operation { path: "/api/v1/procedures", id: "listProcedures", words: "api-op-list", answer: Some("Procedures"), ..PLAIN },
    Operation { path: "/api/v1/procedures/{procedure}", id: "getProcedure", words: "api-op-procedure", answer: Some("Procedure"), ..PLAIN },
    Operation {
        path: "/api/v1/procedures/{procedure}/evaluate",
        method: "post",
        id: "evaluate",
        words: "api-op-evaluate",
        body: Some("Answering"),
        answer: Some("Evaluation"),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/drafts",
        method: "post",
        id: "beginDraft",
        words: "api-op-begin",
        body: Some("Beginning"),
        status: 201,
        answer: Some("Draft"),
        ..DRAFTS
    },
    Operation { path: "/api/v1/drafts/{draft}", id: "getDraft", words: "api-op-draft", answer: Some("Draft"), ..DRAFTS },
    Operation { path: "/api/v1/drafts/{draft}", method: "delete", id: "discardDraft", words: "api-op-discard", status: 204, ..DRAFTS },
    Operation {
        path: "/api/v1/drafts/{draft}/answers",
        method: "put",
        id: "putAnswers",
        words: "api-op-answers",
        body: Some("Answering"),
        answer: Some("Draft"),
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/drafts/{draft}/documents/{field}",
        method: "post",
        id: "addDocument",
        words: "api-op-document",
        headers: &[("Content-Disposition", false)],
        body: Some("binary"),
        status: 201,
        answer: Some("Document"),
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/drafts/{draft}/documents/{field}/{file}",
        method: "delete",
        id: "removeDocument",
        words: "api-op-document-remove",
        status: 204,
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/drafts/{draft}/uploads/{field}",
        method: "post",
        id: "openUpload",
        words: "api-op-upload",
        body: Some("Offer"),
        status: 201,
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/drafts/{draft}/uploads/{field}/{upload}",
        id: "getUpload",
        words: "api-op-upload-ask",
        status: 204,
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/drafts/{draft}/uploads/{field}/{upload}",
        method: "patch",
        id: "appendUpload",
        words: "api-op-upload-append",
        headers: &[("Upload-Offset", true)],
        body: Some("binary"),
        status: 204,
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/drafts/{draft}/uploads/{field}/{upload}",
        method: "delete",
        id: "discardUpload",
        words: "api-op-upload-discard",
        status: 204,
        ..DRAFTS
    },
    Operation {
        path: "/api/v1/cases",
        method: "post",
        id: "fileCase",
        words: "api-op-file",
        tag: "cases",
        scope: Some(Scope::CasesFile),
        headers: &[("Idempotency-Key", true)],
        body: Some("Filing"),
        status: 201,
        answer: Some("Receipt"),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/cases/{number}",
        id: "getCase",
        words: "api-op-case",
        scope: Some(Scope::CasesReadOwn),
        answer: Some("Status"),
        ..CASES
    },
    Operation {
        path: "/api/v1/cases/{number}/messages",
        id: "getMessages",
        words: "api-op-messages",
        scope: Some(Scope::CasesReadOwn),
        answer: Some("Messages"),
        ..CASES
    },
    Operation {
        path: "/api/v1/cases/{number}/messages",
        method: "post",
        id: "writeMessage",
        words: "api-op-write",
        scope: Some(Scope::CorrespondenceWrite),
        body: Some("Writing"),
        status: 201,
        answer: Some("Messages"),
        ..CASES
    },
    Operation {
        path: "/api/v1/cases/{number}/correction",
        method: "post",
        id: "correctCase",
        words: "api-op-correct",
        scope: Some(Scope::CorrespondenceWrite),
        body: Some("Correction"),
        answer: Some("Status"),
        ..CASES
    },
    Operation {
        path: "/api/v1/cases/{number}/withdrawal",
        method: "post",
        id: "withdrawCase",
        words: "api-op-withdraw",
        scope: Some(Scope::CorrespondenceWrite),
        answer: Some("Status"),
        ..CASES
    },
    Operation {
        path: "/desk/api/v1/decided",
        id: "listDecided",
        words: "api-op-decided",
        tag: "desk",
        scope: Some(Scope::CasesDecidedRead),
        query: &["after", "procedure"],
        answer: Some("Decided"),
        ..PLAIN
    },
    Operation {
        path: "/desk/api/v1/cases/{number}/results",
        method: "post",
        id: "bringResult",
        words: "api-op-result",
        tag: "desk",
        scope: Some(Scope::ResultsWrite),
        headers: &[("Idempotency-Key", true)],
        body: Some("Result"),
        status: 201,
        answer: Some("Brought"),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/webhook",
        method: "get",
        id: "getWebhook",
        words: "api-op-webhook",
        scope: Some(Scope::CasesReadOwn),
        headers: &[],
        answer: Some("Webhook"),
        ..CASES
    },
    Operation {
        path: "/api/v1/webhook",
        method: "put",
        id: "setWebhook",
        words: "api-op-webhook-set",
        scope: Some(Scope::CasesReadOwn),
        headers: &[],
        body: Some("WebhookAt"),
        answer: Some("WebhookSet"),
        ..CASES
    },
    Operation {
        path: "/api/v1/webhook",
        method: "delete",
        id: "dropWebhook",
        words: "api-op-webhook-drop",
        scope: Some(Scope::CasesReadOwn),
        headers: &[],
        status: 204,
        ..CASES
    },
    Operation {
        path: "/api/v1/webhook/replay",
        method: "post",
        id: "replayWebhook",
        words: "api-op-webhook-replay",
        scope: Some(Scope::CasesReadOwn),
        headers: &[],
        body: Some("Replay"),
        status: 202,
        answer: Some("Replayed"),
        ..CASES
    },
];
