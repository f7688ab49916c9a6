//! Why something is not possible now.

/// Why a verb is not possible now. The page says who holds the case, since when and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotNow {
    /// Somebody changed the case after the page was shown.
    #[error("changed since it was shown")]
    Changed,
    /// The case is at another stage.
    #[error("the case is {0}")]
    Stage(&'static str),
    /// This person's role does not come next in the chain.
    #[error("not next in the chain")]
    NotNext,
    /// 代決 while the one whose turn it is is at work.
    #[error("the holder of the role is at work")]
    HolderPresent,
    /// Who drafted it does not approve it alone.
    #[error("one's own draft")]
    OwnDraft,
    /// The case is in a round (一斉受付), and its day of announcement has not come.
    #[error("decided with its round, not before its day")]
    RoundsDay,
    /// The definition has no such step, outcome or field.
    #[error("unknown {0}")]
    Unknown(&'static str),
    /// A reason must be written.
    #[error("a reason is due")]
    ReasonDue,
    /// What the outcome asks for is incomplete.
    #[error("details of the outcome are incomplete")]
    DetailsDue,
    /// 合議 is not complete: a department has not answered, or objects.
    #[error("a department that was asked has not agreed")]
    ConsultDue,
    /// Nobody of that department could work on the case.
    #[error("nobody there could work on it")]
    NobodyThere,
    /// A day was named that has passed.
    #[error("a day that has passed")]
    DayPassed,
    /// The new day is not later than the one that counts now.
    #[error("not later than the day that counts now")]
    NotLater,
    /// The statutory limit has passed: a notice extends it only before.
    #[error("the limit has passed")]
    LimitPassed,
    /// The definition names no notice by which the limit is extended.
    #[error("the definition names no notice")]
    NoticeMissing,
    /// The limit was extended once already, or may not be extended.
    #[error("the limit cannot be extended")]
    NotExtendable,
    /// The procedure is not taken in this way, or who came has not been seen.
    #[error("not taken in by this channel")]
    Channel,
}

impl NotNow {
    /// Whether it lies in what was typed or chosen on a form: the form is shown again with all that was typed. Else the case itself stands in
    /// the way, and is shown as it is now.
    pub fn is_about_input(&self) -> bool {
        match self {
            NotNow::Unknown(_)
            | NotNow::ReasonDue
            | NotNow::DetailsDue
            | NotNow::NobodyThere
            | NotNow::DayPassed
            | NotNow::NotLater
            | NotNow::LimitPassed
            | NotNow::NoticeMissing
            | NotNow::NotExtendable
            | NotNow::Channel => true,
            NotNow::Changed
            | NotNow::Stage(_)
            | NotNow::NotNext
            | NotNow::HolderPresent
            | NotNow::OwnDraft
            | NotNow::RoundsDay
            | NotNow::ConsultDue => false,
        }
    }
}
