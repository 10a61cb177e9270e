namespace InstructKit.Sources;

/// <summary>What to do with a key that stands twice in one JSON object (RFC 8259, section 4, leaves it open).</summary>
public enum DuplicateKeys
{
    /// <summary>The row is a fault that names the key.</summary>
    Reject,

    /// <summary>The last value is taken, as Python's and JavaScript's readers do, and the row is counted.</summary>
    Last,
}
