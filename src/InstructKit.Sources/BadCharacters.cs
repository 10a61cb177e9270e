namespace InstructKit.Sources;

/// <summary>What to do with what is no character: bytes that are not UTF-8, half a surrogate pair.</summary>
public enum BadCharacters
{
    /// <summary>The row is a fault that names the first one.</summary>
    Reject,

    /// <summary>Every one becomes U+FFFD, and the row is counted.</summary>
    Replace,
}
