namespace InstructKit.Sources;

/// <summary>
/// What is let pass in rows that is a fault unless somebody says otherwise. What is not said is null, so that an option can be laid over a plan and a
/// plan over a layout. Every row that needed it is counted (<see cref="InstructKit.Cells.RowBatch.Repairs"/>).
/// </summary>
public sealed record Leniency
{
    /// <summary>Bytes that are not UTF-8 (<c>invalid_utf8</c>, <c>--invalid-utf8</c>), replaced as the WHATWG's decoder does: one U+FFFD for each maximal part of a character.</summary>
    public BadCharacters? InvalidUtf8 { get; init; }

    /// <summary>Keys that stand twice in a JSON object, at any depth (<c>duplicate_keys</c>, <c>--duplicate-keys</c>).</summary>
    public DuplicateKeys? DuplicateKeys { get; init; }

    /// <summary>Escapes such as <c>\ud800</c> without their other half (<c>lone_surrogates</c>, <c>--lone-surrogates</c>).</summary>
    public BadCharacters? LoneSurrogates { get; init; }

    /// <summary>True when bytes that are not UTF-8 are replaced.</summary>
    public bool ReplacesInvalidUtf8 => InvalidUtf8 == BadCharacters.Replace;

    /// <summary>True when the last of several values under one key is taken.</summary>
    public bool TakesLastOfDuplicateKeys => DuplicateKeys == Sources.DuplicateKeys.Last;

    /// <summary>True when half a surrogate pair is replaced.</summary>
    public bool ReplacesLoneSurrogates => LoneSurrogates == BadCharacters.Replace;

    /// <summary>This, and where it says nothing what another says.</summary>
    public Leniency Over(Leniency other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new Leniency
        {
            InvalidUtf8 = InvalidUtf8 ?? other.InvalidUtf8,
            DuplicateKeys = DuplicateKeys ?? other.DuplicateKeys,
            LoneSurrogates = LoneSurrogates ?? other.LoneSurrogates,
        };
    }
}
