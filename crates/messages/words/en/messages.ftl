messages-mail-subject = You have a notice from { $town }
messages-mail-body =
    There is a notice for you from { $town }.
    Please read it on this page:

    { $link }

    This mail was sent automatically. You cannot reply to it.
    If you did not expect it, or need help, please call us.
    { $town } { $phone }
messages-code-subject = Your sign-in code for { $town }
messages-code-body =
    This is your code for signing in to { $town }.

    { $code }

    Type it on the page. It is valid for 10 minutes.
    Our staff will never ask for it. Do not give it to anybody.
    If you did not ask for it, you need not do anything.
    { $town } { $phone }

messages-notices-title = Notices
messages-my-page = My page
messages-notices-none = No notices
messages-notices-lead = Notices from the town hall, the newest first.
messages-notices-empty = Notices appear here as your applications move on.
messages-notices-unread = Unread
messages-notices-unread-count = { $count } unread
messages-notices-open = Read
messages-notices-read-all = Mark all as read
messages-notices-read-all-done = All notices are marked as read.
messages-notices-older = Earlier notices
messages-notices-gone = There is no such notice.

messages-notice-received = We have received “{ $procedure }”. Your reference number is { $number }.
messages-notice-correction = Something in “{ $procedure }” needs to be corrected. Please correct it by { $until }.
messages-notice-decided = “{ $procedure }” has been decided.
messages-notice-letter = There is a letter for you about “{ $procedure }”.
messages-notice-wrote = The office in charge of “{ $procedure }” has written to you.
messages-notice-delayed = You will hear about “{ $procedure }” by { $until } instead.
messages-notice-fee = The fee for “{ $procedure }” has changed.
messages-notice-step = “{ $procedure }” has moved on.
messages-notice-withdrawn = “{ $procedure }” has been withdrawn.

messages-fate-queued = The mail waits for its turn. Nothing to do.
messages-fate-handed-over = The mail was handed over. Nothing to do (whether it was read is not known).
messages-fate-trying-again = The mail could not be handed over yet. It will be tried again at { $next }. Please wait until then.
messages-fate-refused =
    { $why ->
        [no-such-address] There is no such mail address, so that the notice does not arrive.
        [full] The mailbox is full, so that the notice does not arrive.
        [blocked] The receiver's settings refuse our mail.
        [bad-address] The mail address is not written correctly.
       *[other] The mail was refused.
    } { $instead ->
        [phone] Call, and ask for the right address.
        [post] Write by post.
       *[nothing] No other way is known. Tell the person when they look at the status page or come to the counter.
    }
messages-fate-given-up =
    The mail could not be handed over for two days. { $instead ->
        [phone] Call.
        [post] Write by post.
       *[nothing] No other way is known. Tell the person when they look at the status page or come to the counter.
    }
messages-fate-unsure =
    Whether the mail arrived is not known (the line broke). It is not sent again, so that nobody gets it twice. { $instead ->
        [phone] Call if it is urgent.
        [post] Write by post if it is urgent.
       *[nothing] The same stands on the person's page.
    }
messages-fate-call = There is no mail address. Call.
messages-fate-post = Only a postal address is known. Write by post.
messages-fate-unreachable = No contact is known. Tell the person when they look at the status page or come to the counter.
messages-fate-unread-call = The notice was not read in time. Call.
messages-fate-unread-post = The notice was not read in time. Write by post.
