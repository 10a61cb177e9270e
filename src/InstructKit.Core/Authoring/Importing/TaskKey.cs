using System.Text;

namespace InstructKit.Authoring.Importing;

/// <summary>Names of tasks made of other tools' names.</summary>
internal static class TaskKey
{
    private const int MaxLength = 100;

    /// <summary>
    /// Every run of characters that a key cannot have becomes one <c>_</c>; none is at an end. Two names may become one key, which the caller
    /// reports.
    /// </summary>
    public static string Of(string name)
    {
        var key = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsAsciiLetterOrDigit(letter)) key.Append(letter);
            else if (key.Length > 0 && key[^1] != '_') key.Append('_');
        }

        var text = key.ToString().Trim('_');
        return text.Length == 0 ? "task" : text.Length > MaxLength ? text[..MaxLength].TrimEnd('_') : text;
    }
}
