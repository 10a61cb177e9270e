namespace InstructKit.Tests.Fetching;

/// <summary>The fake hub's response, before a failure changes it.</summary>
internal sealed record FakeAnswer(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Announced length; null for none at all (the end of the connection ends the body).</summary>
    public long? Length { get; init; } = Body.Length;

    /// <summary>Bytes of the body after which the connection ends; null for all of it.</summary>
    public int? CutAfter { get; init; }

    /// <summary>True to end the connection with a reset.</summary>
    public bool Resets { get; init; }

    /// <summary>True to stall instead of ending.</summary>
    public bool Stalls { get; init; }

    /// <summary>The whole file, if the body is a part of it.</summary>
    public byte[]? Whole { get; init; }

    public static FakeAnswer Refusal(int status, string? code = null, string? message = null, params (string Name, string Value)[] headers)
    {
        var answer = new FakeAnswer(status, []);
        if (code is not null) answer.Headers["X-Error-Code"] = code;

        if (message is not null) answer.Headers["X-Error-Message"] = message;

        foreach (var (name, value) in headers) answer.Headers[name] = value;

        return answer;
    }
}
