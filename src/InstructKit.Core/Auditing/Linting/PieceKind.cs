namespace InstructKit.Auditing.Linting;

/// <summary>What a piece of a template's source is.</summary>
internal enum PieceKind
{
    /// <summary>Text that is printed as it stands.</summary>
    Literal,

    /// <summary><c>{{ … }}</c>.</summary>
    Output,

    /// <summary><c>{% … %}</c>.</summary>
    Tag,

    /// <summary><c>{# … #}</c>.</summary>
    Comment,
}
