namespace InstructKit.Sources.Json;

/// <summary>What JSON texts are held against. Not thread-safe: it keeps the keys of the objects that a scanner is in.</summary>
internal sealed class JsonRules
{
    /// <summary>The rules of a source.</summary>
    public JsonRules(SourceSpec spec)
        : this(spec.Limits.MaxJsonDepth, spec.Leniency)
    {
    }

    /// <summary>Rules with a depth of their own.</summary>
    public JsonRules(int maxDepth, Leniency leniency)
    {
        MaxDepth = Math.Clamp(maxDepth, 1, SourceLimits.DepthCeiling);
        TakesLastOfDuplicateKeys = leniency.TakesLastOfDuplicateKeys;
        ReplacesLoneSurrogates = leniency.ReplacesLoneSurrogates;
    }

    /// <summary>The deepest nesting.</summary>
    public int MaxDepth { get; }

    /// <summary>False when a key that stands twice is an error.</summary>
    public bool TakesLastOfDuplicateKeys { get; }

    /// <summary>False when half a surrogate pair is an error.</summary>
    public bool ReplacesLoneSurrogates { get; }

    /// <summary>The keys of the objects that are being passed.</summary>
    public ObjectKeys Keys { get; } = new();
}
