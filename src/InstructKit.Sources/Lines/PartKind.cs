namespace InstructKit.Sources.Lines;

/// <summary>How the lines of a parallel file become values; told by the file's name.</summary>
internal enum PartKind
{
    /// <summary>Every line is a text, blank ones too.</summary>
    Lines,

    /// <summary>Every segment of an SGML file of WMT is a text.</summary>
    Segments,

    /// <summary>Every line that is not blank is a JSON value.</summary>
    Json,
}
