namespace InstructKit.Sources.Hub;

/// <summary>An access token that does not print itself.</summary>
public sealed class HubToken
{
    private const string Hidden = "(token)";

    /// <summary>Keeps a token.</summary>
    /// <exception cref="ArgumentException">It is empty or has characters that cannot stand in a header; the message does not show it.</exception>
    public HubToken(string value)
    {
        if (value.Length == 0 || !value.All(letter => letter is > ' ' and <= '~'))
            throw new ArgumentException("a token is visible ASCII characters without spaces", nameof(value));

        Value = value;
    }

    /// <summary>The token itself, for the one header that carries it.</summary>
    internal string Value { get; }

    /// <summary>Takes the token out of a text, such as a server's message that repeats it.</summary>
    public string Hide(string text) => text.Replace(Value, Hidden, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Hidden;
}
