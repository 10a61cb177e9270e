namespace InstructKit.Templating.Builtins;

/// <summary>The flags of a <c>%</c> field.</summary>
internal struct PrintfFlags
{
    public bool Left { get; set; }

    public bool Plus { get; private set; }

    public bool Space { get; private set; }

    public bool Zero { get; private set; }

    public bool Alternate { get; private set; }

    public bool TryAdd(char letter)
    {
        switch (letter)
        {
            case '-': Left = true; return true;
            case '+': Plus = true; return true;
            case ' ': Space = true; return true;
            case '0': Zero = true; return true;
            case '#': Alternate = true; return true;
            default: return false;
        }
    }
}
