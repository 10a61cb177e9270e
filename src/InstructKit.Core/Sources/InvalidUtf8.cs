namespace InstructKit.Sources;

/// <summary>What to do with bytes that are not UTF-8.</summary>
public enum InvalidUtf8
{
    /// <summary>The row is a fault that names the first bad byte.</summary>
    Reject,

    /// <summary>Every bad sequence becomes U+FFFD, and <see cref="Rows.RowBatch.Replacements"/> counts it.</summary>
    Replace,
}
