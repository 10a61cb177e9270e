namespace InstructKit.Cells;

/// <summary>What was let pass in a row that is an error unless the user says otherwise.</summary>
[Flags]
public enum RowRepairs
{
    /// <summary>Nothing: the row is as it stands in the file.</summary>
    None = 0,

    /// <summary>Bytes that are not UTF-8 became U+FFFD.</summary>
    InvalidUtf8 = 1,

    /// <summary>Of several values under one key of a JSON object the last was taken.</summary>
    DuplicateKeys = 2,

    /// <summary>Half of a surrogate pair in a JSON escape became U+FFFD.</summary>
    LoneSurrogates = 4,
}
