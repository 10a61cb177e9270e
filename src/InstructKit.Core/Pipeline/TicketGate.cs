namespace InstructKit.Pipeline;

/// <summary>Admits workers in ticket order: the section between <see cref="Enter"/> and <see cref="Leave"/> is executed by one worker at a
/// time, in input order.</summary>
internal sealed class TicketGate
{
    private readonly object _monitor = new();
    private long _next;
    private volatile bool _closed;

    /// <summary>Waits for the ticket's turn. False if the gate was closed: stop working.</summary>
    public bool Enter(long ticket)
    {
        // Chunks take about the same time, so a short spin usually saves the sleep.
        var spinner = default(SpinWait);
        while (!spinner.NextSpinWillYield)
        {
            if (_closed) return false;
            if (Volatile.Read(ref _next) == ticket) return true;

            spinner.SpinOnce();
        }

        lock (_monitor)
        {
            while (!_closed && _next != ticket) Monitor.Wait(_monitor);
        }

        return !_closed;
    }

    /// <summary>Lets the next ticket through.</summary>
    public void Leave()
    {
        lock (_monitor)
        {
            _next++;
            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Releases all waiting workers.</summary>
    public void Close()
    {
        lock (_monitor)
        {
            _closed = true;
            Monitor.PulseAll(_monitor);
        }
    }
}
