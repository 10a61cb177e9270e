namespace InstructKit.Authoring.Importing;

/// <summary>White space as Python's <c>str.strip</c> has it; .NET's lacks U+001C to U+001F.</summary>
internal static class PythonSpace
{
    private const string All =
        "\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

    private static readonly char[] Characters = All.ToCharArray();

    /// <summary>A text without the white space at its ends.</summary>
    public static string Strip(string text) => text.Trim(Characters);
}
