namespace InstructKit.Authoring.Drafting;

/// <summary>What kind of question the rows put, which decides the wording of the proposed templates.</summary>
internal enum DraftShape
{
    /// <summary>One of few labels, the same ones for every row.</summary>
    Labels,

    /// <summary>One of the row's own options.</summary>
    Choices,

    /// <summary>Free text.</summary>
    Text,

    /// <summary>None: the rows are conversations.</summary>
    Turns,
}
